import RefundService

/// The doctor's findings for people: by topic, aligned, and a sum at the end.
enum DoctorText {
    static func lines(of findings: [DoctorFinding]) -> [String] {
        let width = findings.map(\.subject.count).max() ?? 0
        var lines: [String] = []
        for topic in DoctorTopic.allCases {
            let own = findings.filter { $0.topic == topic }
            if own.isEmpty { continue }
            lines.append(topic.rawValue)
            for finding in own { lines += self.lines(of: finding, width: width) }
        }
        return lines + [sum(of: findings)]
    }

    private static func lines(of finding: DoctorFinding, width: Int) -> [String] {
        let word = finding.state.word
        let margin = String(repeating: " ", count: stateWidth - word.count)
        let gap = String(repeating: " ", count: width - finding.subject.count)
        var lines = ["  \(word)\(margin)  \(finding.subject)\(gap)  \(finding.seen)"]
        let indent = String(repeating: " ", count: 2 + stateWidth + 2)
        if let meaning = finding.meaning { lines.append("\(indent)means: \(meaning)") }
        if let remedy = finding.remedy {
            lines.append("\(indent)\(finding.state == .notSeen ? "see:  " : "do:   ") \(remedy)")
        }
        return lines
    }

    private static let stateWidth = DoctorFinding.State.allCases.map(\.word.count).max() ?? 0

    private static func sum(of findings: [DoctorFinding]) -> String {
        let counts = DoctorFinding.State.allCases.reversed().compactMap { state -> String? in
            let count = findings.count { $0.state == state }
            return count == 0 ? nil : "\(count) \(state.word)"
        }
        return counts.joined(separator: ", ")
    }
}

extension DoctorFinding.State {
    fileprivate var word: String { self == .notSeen ? "not seen" : rawValue }
}
