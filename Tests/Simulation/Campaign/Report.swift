/// What many worlds came to, for people or as JSON.
public struct Report: Sendable {
    public var seeds = 0
    public var tally = Tally()
    public var seconds: Double = 0
    public var failures: [Failure] = []

    public struct Failure: Sendable {
        public let seed: UInt64
        public let invariant: String
        public let detail: String

        public init(_ violation: Violation, seed: UInt64) {
            self.seed = seed
            invariant = violation.invariant.rawValue
            detail = violation.detail
        }
    }

    public init() {}

    public mutating func add(_ outcome: Outcome) {
        seeds += 1
        tally.add(outcome.tally)
        guard let violation = outcome.violation else { return }
        failures.append(Failure(violation, seed: outcome.scenario.seed))
        failures.sort { $0.seed < $1.seed }
    }

    public var text: String {
        let days = Double(tally.simulatedSeconds) / 86_400
        var lines = [
            "\(seeds) worlds, \(failures.count) failed, in \(Int(seconds.rounded())) s",
            "simulated time  \(Int(days)) days (\(Int(days / 365)) years)",
            "events          \(tally.events)",
            "requests        \(tally.requests), payouts \(tally.payouts), commits \(tally.commits), "
                + "publications \(tally.publications), replays \(tally.replays)",
            "faults",
        ]
        for (kind, count) in zip(FaultKind.allCases, tally.faults) { lines.append(Report.row(kind.rawValue, count)) }
        lines.append("workers died")
        for (point, count) in zip(CrashPoint.allCases, tally.crashes) {
            lines.append(Report.row(point.rawValue, count))
        }
        lines.append("checks of what must hold")
        for (index, invariant) in Invariant.allCases.enumerated() {
            lines.append(Report.row("\(Report.right(String(index + 1), 2)) \(invariant.rawValue)", tally.checks[index]))
        }
        return (lines + crashTable).joined(separator: "\n")
    }

    private var crashTable: [String] {
        var lines = [
            "crash points against what must hold: the worlds in which that was checked (columns as numbered above)",
            "after a worker had died there",
        ]
        func add(_ name: String, _ cells: [String]) {
            let padding = String(repeating: " ", count: max(1, 18 - name.count))
            lines.append("  " + name + padding + cells.map { Report.right($0, 6) }.joined())
        }
        add("", Invariant.allCases.indices.map { String($0 + 1) })
        for (point, worlds) in zip(CrashPoint.allCases, tally.worldsChecked) {
            add(point.rawValue, worlds.map(String.init))
        }
        return lines
    }

    public var json: String {
        func object(_ names: [String], _ counts: [Int]) -> String {
            "{" + zip(names, counts).map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}"
        }
        let failed = failures.map { failure in
            let detail = failure.detail.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            return "{\"seed\":\(failure.seed),\"invariant\":\"\(failure.invariant)\",\"detail\":\"\(detail)\"}"
        }
        let invariants = Invariant.allCases.map(\.rawValue)
        let against = zip(CrashPoint.allCases, tally.worldsChecked).map {
            "\"\($0.rawValue)\":\(object(invariants, $1))"
        }
        return "{\"seeds\":\(seeds),\"seconds\":\(seconds),\"simulated_seconds\":\(tally.simulatedSeconds),"
            + "\"events\":\(tally.events),\"requests\":\(tally.requests),\"payouts\":\(tally.payouts),"
            + "\"commits\":\(tally.commits),\"publications\":\(tally.publications),\"replays\":\(tally.replays),"
            + "\"faults\":\(object(FaultKind.allCases.map(\.rawValue), tally.faults)),"
            + "\"crashes\":\(object(CrashPoint.allCases.map(\.rawValue), tally.crashes)),"
            + "\"checks\":\(object(invariants, tally.checks)),"
            + "\"worlds_checked_after_crash\":{\(against.joined(separator: ","))},"
            + "\"failures\":[\(failed.joined(separator: ","))]}"
    }

    private static func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(1, width - text.count)) + text
    }

    private static func row(_ name: String, _ count: Int) -> String {
        "  " + name + String(repeating: " ", count: max(1, 34 - name.count)) + String(count)
    }
}
