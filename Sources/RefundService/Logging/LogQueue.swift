internal import DequeModule

/// Lines that wait to be written, up to a limit. Over it the oldest give way: whoever comes back to a log that stood still
/// wants to know how things are, and the last lines before an end are the ones that tell of it.
///
/// A value, so that it can be tried without a thread.
struct LogQueue {
    /// How much may wait.
    struct Limits {
        var lines = 5_000
        var bytes = 1 << 20
    }

    /// What is to be written next.
    struct Batch {
        /// Lines that were left out before these.
        var omitted: Int
        var lines: [String]
    }

    private let limits: Limits
    private var lines: Deque<String> = []
    private var bytes = 0
    /// Lines that were left out and are not told yet.
    private var omitted = 0
    /// All that were ever left out.
    private(set) var leftOut = 0

    init(limits: Limits = Limits()) {
        self.limits = limits
    }

    var isEmpty: Bool { lines.isEmpty }
    var count: Int { lines.count }

    mutating func append(_ line: String) {
        lines.append(line)
        bytes += line.utf8.count
        while lines.count > limits.lines || bytes > limits.bytes, let oldest = lines.popFirst() {
            bytes -= oldest.utf8.count
            omitted += 1
            leftOut += 1
        }
    }

    /// Takes the oldest lines out, at most so many; `nil` when none waits.
    mutating func take(_ most: Int) -> Batch? {
        guard !lines.isEmpty else { return nil }
        let taken = Array(lines.prefix(most))
        lines.removeFirst(taken.count)
        bytes -= taken.reduce(0) { $0 + $1.utf8.count }
        defer { omitted = 0 }
        return Batch(omitted: omitted, lines: taken)
    }

    /// Notes what a batch left behind.
    ///
    /// - Parameters:
    ///   - failed: its lines that could not be written.
    ///   - untold: these, and those before it that it should have told of.
    mutating func note(failed: Int, untold: Int) {
        leftOut += failed
        omitted += untold
    }
}
