import Simulation

/// Which faults come when: a value that the seed alone decides.
///
/// Every kind that is possible comes once before one comes again, in an order of its own each time, so that a short
/// drill has as many kinds as it has time for.
struct FaultPlan: Sendable {
    let strikes: [Strike]

    /// A fleet's number of workers, and what can befall its store.
    struct FleetShape: Hashable, Sendable {
        let workers: Int
        let storeFaults: [DrillFault]
    }

    /// - Parameters:
    ///   - duration: the faults come within it.
    ///   - pause: from one to the next, on average.
    init(seed: UInt64, duration: Duration, pause: Duration, fleets: [FleetShape]) {
        var random = SeededRandom(seed: seed, stream: 11)
        let everywhere: [DrillFault] = [
            .killWorker, .freezeWorker, .rollingRestart, .killSandbox, .cutConnections, .stallConnections,
        ]
        var all: [(DrillFault, Int)] = [(.killBroker, 0), (.memoryAlarm, 0)]
        for (index, fleet) in fleets.enumerated() {
            for fault in everywhere + fleet.storeFaults { all.append((fault, index)) }
        }
        var deck: [(DrillFault, Int)] = []
        var strikes: [Strike] = []
        var at = random.time(.seconds(2), .seconds(4))
        while at < duration {
            if deck.isEmpty { deck = FaultPlan.shuffled(all, using: &random) }
            let (fault, fleet) = deck.removeLast()
            let lasts = random.time(.seconds(fault.lasts.lowerBound), .seconds(fault.lasts.upperBound))
            let worker = fleets.isEmpty ? 0 : random.number(0...max(0, fleets[fleet].workers - 1))
            strikes.append(Strike(at: at, fault: fault, fleet: fleet, worker: worker, lasts: lasts))
            at += random.time(pause / 4, pause * 7 / 4)
        }
        self.strikes = strikes
    }

    private static func shuffled<Item>(_ items: [Item], using random: inout SeededRandom) -> [Item] {
        var items = items
        for index in items.indices.dropFirst().reversed() { items.swapAt(index, random.number(0...index)) }
        return items
    }
}
