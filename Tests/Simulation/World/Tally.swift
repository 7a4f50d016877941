/// What was done and hit, for the report.
public struct Tally: Sendable {
    public var events = 0
    public var simulatedSeconds: Int64 = 0
    public var requests = 0
    public var payouts = 0
    public var commits = 0
    public var publications = 0
    public var replays = 0
    public private(set) var faults = [Int](repeating: 0, count: FaultKind.allCases.count)
    public private(set) var crashes = [Int](repeating: 0, count: CrashPoint.allCases.count)
    public private(set) var checks = [Int](repeating: 0, count: Invariant.allCases.count)

    public init() {}

    mutating func count(_ kind: FaultKind) { faults[index(of: kind)] += 1 }
    mutating func count(_ point: CrashPoint) { crashes[index(of: point)] += 1 }
    mutating func count(_ invariant: Invariant, times: Int = 1) { checks[index(of: invariant)] += times }

    public mutating func add(_ other: Tally) {
        events += other.events
        simulatedSeconds += other.simulatedSeconds
        requests += other.requests
        payouts += other.payouts
        commits += other.commits
        publications += other.publications
        replays += other.replays
        for index in faults.indices { faults[index] += other.faults[index] }
        for index in crashes.indices { crashes[index] += other.crashes[index] }
        for index in checks.indices { checks[index] += other.checks[index] }
    }

    private func index<Kind: CaseIterable & Equatable>(of kind: Kind) -> Int where Kind.AllCases == [Kind] {
        Kind.allCases.firstIndex(of: kind) ?? 0
    }
}
