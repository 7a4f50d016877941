import Dispatch
import Foundation
import Synchronization

/// Does the plan's faults to the real parts, on threads of its own: one fault at a time for each part, and parts side by
/// side. What is broken is mended before the same part is struck again.
final class Striking: Sendable {
    /// What a fleet offers to be struck at.
    struct Target: Sendable {
        let name: String
        let workers: [Program]
        let sandbox: Program
        /// One for each worker.
        let brokerRelays: [Relay]
        let storeRelays: [Relay]
        let disk: SmallDisk?
    }

    /// Whether PostgreSQL is away by our doing: nobody need ask it.
    let isDatabaseAway = Atomic(false)

    private let targets: [Target]
    private let broker: BrokerNode
    private let database: DatabaseCluster?
    private let phase = FaultyPhase()
    private let findings: Findings
    private let tell: @Sendable (String) -> Void
    private let counts = Mutex<[DrillFault: Int]>([:])
    private let brokerHand = DispatchQueue(label: "broker")
    private let storeHand = DispatchQueue(label: "store")
    private let workerHands: [DispatchQueue]
    private let relayHands: [DispatchQueue]

    /// - Parameter tell: hears of each fault when it begins.
    init(
        _ targets: [Target], broker: BrokerNode, database: DatabaseCluster?, findings: Findings,
        tell: @escaping @Sendable (String) -> Void
    ) {
        (self.targets, self.broker, self.database, self.findings, self.tell) = (
            targets, broker, database, findings, tell
        )
        workerHands = targets.map { DispatchQueue(label: "\($0.name) workers") }
        relayHands = targets.map { DispatchQueue(label: "\($0.name) relays") }
    }

    /// How often each fault was done.
    var done: [DrillFault: Int] { counts.withLock { $0 } }

    /// Lets that fault happen as soon as its part is free.
    func strike(_ strike: Strike) {
        hand(for: strike).async { [self] in
            guard !phase.isOver else { return }
            counts.withLock { $0[strike.fault, default: 0] += 1 }
            tell("\(targets[strike.fleet].name): \(strike.fault.text)")
            do {
                try perform(strike)
            } catch {
                findings.add("\(strike.fault.rawValue) could not be done: \(error)")
            }
        }
    }

    /// Ends all faults; on return every part is whole.
    func end() throws {
        phase.end()
        for hand in [brokerHand, storeHand] + workerHands + relayHands { hand.sync {} }
        for target in targets {
            for relay in target.brokerRelays + target.storeRelays { relay.flow() }
            for program in target.workers + [target.sandbox] {
                program.thaw()
                try program.start()
            }
        }
    }

    private func hand(for strike: Strike) -> DispatchQueue {
        switch strike.fault {
        case .killWorker, .freezeWorker, .rollingRestart, .killSandbox: workerHands[strike.fleet]
        case .cutConnections, .stallConnections: relayHands[strike.fleet]
        case .killBroker, .memoryAlarm: brokerHand
        case .restartDatabase, .killDatabase, .freezeDatabase, .cutDatabaseConnections, .stallDatabaseConnections,
            .fillDisk:
            storeHand
        }
    }

    private func perform(_ strike: Strike) throws {
        let target = targets[strike.fleet]
        let worker = target.workers[strike.worker]
        switch strike.fault {
        case .killWorker: try worker.crash()
        case .freezeWorker:
            worker.freeze()
            phase.wait(strike.lasts)
            worker.thaw()
        case .rollingRestart:
            for worker in target.workers {
                if let complaint = worker.stop(within: 30) { findings.add(complaint) }
                try worker.start()
            }
        case .killSandbox: try target.sandbox.crash()
        case .cutConnections: target.brokerRelays[strike.worker].cut()
        case .stallConnections: stall(target.brokerRelays[strike.worker], strike.lasts)
        case .cutDatabaseConnections: target.storeRelays[strike.worker].cut()
        case .stallDatabaseConnections: stall(target.storeRelays[strike.worker], strike.lasts)
        case .killBroker:
            try broker.kill()
            phase.wait(strike.lasts)
            try broker.restart()
        case .memoryAlarm:
            try broker.raiseMemoryAlarm()
            phase.wait(strike.lasts)
            try broker.endMemoryAlarm()
        case .restartDatabase, .killDatabase, .freezeDatabase: try strikeDatabase(strike)
        case .fillDisk:
            try target.disk?.fill()
            phase.wait(strike.lasts)
            target.disk?.free()
        }
    }

    private func stall(_ relay: Relay, _ duration: Duration) {
        relay.stall()
        phase.wait(duration)
        relay.flow()
    }

    private func strikeDatabase(_ strike: Strike) throws {
        guard let database else { return }
        isDatabaseAway.store(true, ordering: .relaxed)
        defer { isDatabaseAway.store(false, ordering: .relaxed) }
        switch strike.fault {
        case .freezeDatabase:
            try database.freeze()
            phase.wait(strike.lasts)
            try database.thaw()
        case .killDatabase:
            try database.kill()
            phase.wait(strike.lasts)
            try database.start()
        default:
            try database.stop()
            phase.wait(strike.lasts)
            try database.start()
        }
    }
}
