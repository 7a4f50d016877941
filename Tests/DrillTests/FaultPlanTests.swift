import Testing

@testable import drill

@Suite struct FaultPlanTests {
    static let fleets = [
        FaultPlan.FleetShape(workers: 1, storeFaults: [.fillDisk]),
        FaultPlan.FleetShape(workers: 2, storeFaults: StoreKind.postgres.faults),
    ]

    func plan(_ seed: UInt64, minutes: Int = 10) -> [Strike] {
        FaultPlan(seed: seed, duration: .seconds(60 * minutes), pause: .seconds(3), fleets: Self.fleets).strikes
    }

    @Test func aSeedDecidesEverything() {
        #expect(plan(7) == plan(7))
        #expect(plan(7) != plan(8))
    }

    @Test func strikesComeInOrderAndWithinTheTime() {
        let times = plan(3).map(\.at)
        #expect(times == times.sorted())
        #expect(times.allSatisfy { $0 > .zero && $0 < .seconds(600) })
        #expect(times.count > 100)
    }

    @Test func everyKindComesOnceBeforeOneComesAgain() {
        // Six for each fleet's programs and connections, two for the broker, and those of the stores.
        let kinds = 2 * 6 + 2 + 1 + 5
        for seed in UInt64(1)...20 {
            let round = plan(seed).prefix(kinds).map { "\($0.fault) \($0.fleet)" }
            #expect(Set(round).count == kinds)
        }
    }

    @Test func onlyWorkersThatAreThereAreStruckAndOnlyAtTheirOwnStore() {
        for strike in plan(5, minutes: 60) {
            #expect((0..<Self.fleets[strike.fleet].workers).contains(strike.worker))
            #expect(strike.fault != .fillDisk || strike.fleet == 0)
            #expect(!StoreKind.postgres.faults.contains(strike.fault) || strike.fleet == 1)
            #expect(strike.lasts >= .seconds(strike.fault.lasts.lowerBound))
            #expect(strike.lasts <= .seconds(strike.fault.lasts.upperBound))
        }
    }

    /// What is frozen or stalled for less would still be thought alive.
    @Test func whatIsFrozenIsSoForLongerThanTwoHeartbeats() {
        for fault in [DrillFault.freezeWorker, .stallConnections] {
            #expect(fault.lasts.lowerBound > Double(2 * FleetSetup.heartbeat))
        }
    }
}
