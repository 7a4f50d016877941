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
    /// For each crash point and invariant: the worlds in which the invariant was looked at after a worker had died there.
    public private(set) var worldsChecked = [[Int]](
        repeating: [Int](repeating: 0, count: Invariant.allCases.count), count: CrashPoint.allCases.count)
    /// What had been checked by the first death at each point; `nil` where none died.
    private var checksBefore = [[Int]?](repeating: nil, count: CrashPoint.allCases.count)

    public init() {}

    mutating func count(_ kind: FaultKind) { faults[index(of: kind)] += 1 }
    mutating func count(_ invariant: Invariant, times: Int = 1) { checks[index(of: invariant)] += times }

    mutating func count(_ point: CrashPoint) {
        let index = index(of: point)
        crashes[index] += 1
        if checksBefore[index] == nil { checksBefore[index] = checks }
    }

    /// The world has ended: now it is known what was checked after which death.
    mutating func close() {
        for (point, before) in checksBefore.enumerated() {
            guard let before else { continue }
            for invariant in checks.indices where checks[invariant] > before[invariant] {
                worldsChecked[point][invariant] += 1
            }
        }
        checksBefore = [[Int]?](repeating: nil, count: CrashPoint.allCases.count)
    }

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
        for point in worldsChecked.indices {
            for index in checks.indices { worldsChecked[point][index] += other.worldsChecked[point][index] }
        }
    }

    private func index<Kind: CaseIterable & Equatable>(of kind: Kind) -> Int where Kind.AllCases == [Kind] {
        Kind.allCases.firstIndex(of: kind) ?? 0
    }
}
