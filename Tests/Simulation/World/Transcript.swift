import RefundPolicy

/// What happened, for people; kept only when a world is run again to be read.
final class Transcript {
    let isOn: Bool
    private var lines: [String] = []
    private let start: Instant

    init(isOn: Bool, start: Instant) {
        self.isOn = isOn
        self.start = start
    }

    func note(_ now: Instant, _ line: @autoclosure () -> String) {
        guard isOn else { return }
        let microseconds = (now - start).microseconds
        let seconds = String(microseconds / 1_000_000)
        let fraction = String(microseconds % 1_000_000 + 1_000_000).dropFirst()
        lines.append("\(String(repeating: " ", count: max(0, 9 - seconds.count)))\(seconds).\(fraction)  \(line())")
    }

    /// The lines that tell of `subject` or of what befell everyone, and at most the last `limit` of them.
    func lines(about subject: String?, limit: Int) -> [String] {
        let told = lines.filter { line in
            guard let subject else { return true }
            return line.contains("** ")
                || line.split(whereSeparator: { " ,/#".contains($0) }).contains { $0 == subject }
        }
        return Array(told.suffix(limit))
    }
}
