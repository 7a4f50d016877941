import Foundation
import Simulation
import Testing

/// Whole simulated worlds, each decided by its seed. `deploy/simulate` runs more of them, and `--broken` those that are
/// broken on purpose.
@Suite("simulated worlds", .serialized)
struct SimulationTests {
    /// `SIMULATION_SEEDS` asks for more, or fewer.
    private static let seeds = ProcessInfo.processInfo.environment["SIMULATION_SEEDS"].flatMap { UInt64($0) } ?? 60

    @Test("whatever goes wrong, everything that must hold holds, and all drains once faults stop")
    func worlds() throws {
        let campaign = try Campaign()
        defer { campaign.clean() }
        var report = Report()
        for seed in 1...SimulationTests.seeds {
            let outcome = try campaign.run(Scenario(seed: seed))
            report.add(outcome)
            guard let violation = outcome.violation else { continue }
            let told = try campaign.shrink(outcome)
            Issue.record(
                """
                seed \(seed) breaks “\(violation.invariant.rawValue)”: \(violation.detail)
                \(told.transcript.joined(separator: "\n"))
                again: deploy/simulate --seeds 1 --from \(seed)
                """)
            return
        }
        #expect(report.tally.payouts > 0)
        #expect(report.tally.checks.allSatisfy { $0 > 0 }, "an invariant was never looked at")
    }

    @Test("a seed decides its world to the last event")
    func determinism() throws {
        let campaign = try Campaign()
        defer { campaign.clean() }
        for seed in [3, 5, 11] as [UInt64] {
            let first = try campaign.run(Scenario(seed: seed), isTold: true)
            let second = try campaign.run(Scenario(seed: seed), isTold: true)
            #expect(first.transcript == second.transcript, "seed \(seed)")
            #expect(first.tally.events == second.tally.events, "seed \(seed)")
        }
    }
}
