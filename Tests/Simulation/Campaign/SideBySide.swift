extension Campaign {
    /// Runs worlds side by side, each wholly on one thread; what comes of a world does not depend on the others.
    ///
    /// - Parameters:
    ///   - jobs: how many at once, from 1; more than there are cores gains nothing.
    ///   - scenario: makes a seed's world.
    ///   - isEnough: is told of every outcome, in the order in which they come, and says whether to stop.
    public static func run(
        seeds: Range<UInt64>, jobs: Int, scenario: @escaping @Sendable (UInt64) -> Scenario = { Scenario(seed: $0) },
        isEnough: (Outcome) throws -> Bool
    ) async throws {
        try await withThrowingTaskGroup(of: [Outcome].self) { group in
            var next = seeds.lowerBound
            func addShare() {
                guard next < seeds.upperBound else { return }
                let share = next..<min(seeds.upperBound, next + seedsAtATime)
                next = share.upperBound
                group.addTask { try run(share, scenario) }
            }
            for _ in 0..<max(1, jobs) { addShare() }
            while let outcomes = try await group.next() {
                for outcome in outcomes where try isEnough(outcome) { return group.cancelAll() }
                addShare()
            }
        }
    }

    private static let seedsAtATime: UInt64 = 20

    private static func run(_ seeds: Range<UInt64>, _ scenario: (UInt64) -> Scenario) throws -> [Outcome] {
        let campaign = try Campaign()
        defer { campaign.clean() }
        var outcomes: [Outcome] = []
        for seed in seeds where !Task.isCancelled { outcomes.append(try campaign.run(scenario(seed))) }
        return outcomes
    }
}
