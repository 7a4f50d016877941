import AMQPClient
import Foundation
import RefundPolicy
import RefundService
import RefundWorker
import Simulation

/// One store with its workers, the systems behind them, those who send, and an auditor of its own. It shares the broker
/// with other fleets, under a prefix.
///
/// Belongs to the drill's thread; what is struck at is handed out as a `Striking.Target`.
final class Fleet {
    let kind: StoreKind
    let scenario: Scenario
    let timeline: Timeline
    let auditor: Auditor
    let names: BrokerNames
    let ledger: SQLLedger
    private let parts: FleetParts
    private let publisher: Publisher
    private let collector: Collector
    private(set) var producing: Producing?
    private(set) var observing: Observing?
    private(set) var brake: Brake?
    private var messages = 0
    private var lookedAt = ContinuousClock.now

    init(_ kind: StoreKind, _ setup: FleetSetup) throws {
        self.kind = kind
        let folder = setup.folder.appending(path: kind.rawValue)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        scenario = Scenario(drill: setup.seed, beat: setup.beat)
        timeline = Timeline(start: SystemClock.now())
        auditor = Auditor(scenario: scenario, timeline: timeline, faults: Faults(scenario))
        names = BrokerNames(prefix: kind.prefix)
        let behaviour = SandboxBehaviour(
            failRate: 0.15, finalRate: 0.2, silentRate: 0.1, delay: .milliseconds(50), seed: setup.seed)
        parts = try FleetParts(kind, setup, scenario: scenario, behaviour: behaviour, folder: folder)
        guard let endpoint = try Endpoint.list(from: setup.broker.url).first else { throw DrillError.noBroker }
        publisher = Publisher(to: endpoint, names: names, findings: setup.findings)
        collector = Collector(to: endpoint, names: names)
        ledger = SQLLedger(opening: parts.rows(kind))
        auditor.ledger = ledger
        let people = People(self, seed: setup.seed)
        let brake = Brake(self, seed: setup.seed)
        self.brake = brake
        observing = Observing(self, behaviour: behaviour, people: people, brake: brake)
        producing = Producing(self, rate: setup.rate, seed: setup.seed)
    }

    /// Declares everything at the broker.
    func declare(on connection: Connection) throws {
        try Topology(prefix: kind.prefix).declare(on: connection)
        try Collector.declare(on: connection, names: names)
    }

    var workers: [Program] { parts.workers }
    var programs: [Program] { parts.workers + [parts.sandbox] }
    /// Whether its store's disk can be filled up.
    var hasSmallDisk: Bool { parts.disk != nil }

    var target: Striking.Target {
        Striking.Target(
            name: kind.rawValue, workers: parts.workers, sandbox: parts.sandbox, brokerRelays: parts.brokerRelays,
            storeRelays: parts.storeRelays, disk: parts.disk)
    }

    var shape: FaultPlan.FleetShape {
        FaultPlan.FleetShape(workers: workers.count, storeFaults: kind.faults + (hasSmallDisk ? [.fillDisk] : []))
    }

    var fileDescriptors: [Int32] { [publisher.fileDescriptor, collector.fileDescriptor].compactMap { $0 } }
    /// How many messages of ours the broker does not have yet.
    var pending: Int { publisher.pending }

    /// Grows with everything that the broker takes from us, and with every copy that was looked at.
    var progress: Int { publisher.confirmed + (observing?.copies ?? 0) }

    /// Whether everything that was published seems to have been looked at.
    var isQuiet: Bool { collector.isQuiet }

    /// Gives back to the broker what was delivered and not looked at, so that its queue's count is the whole truth.
    func letGo() { collector.close() }

    func reader() throws -> any CaseReader {
        try Settings.read(flags: [.storeURL: parts.storeURL], environment: [:]).store.openReader()
    }

    /// Puts a message on the workers' exchange.
    func send(type: String, request: String, body: [UInt8], as kind: Auditor.Sent.Kind) {
        messages += 1
        let id = "in-\(messages)"
        auditor.sends(Auditor.Sent(id: id, type: type, request: request, kind: kind, body: body, at: timeline.now))
        // What the intake has no place for is no matter of the workers: a strange type comes by a known key.
        let routingKey = type == "refund.strange" ? "refund.requested" : type
        publisher.send(id: id, type: type, routingKey: routingKey, body: body)
    }

    /// Does what can be done now, without waiting.
    ///
    /// - Parameter isStoreAway: whether it is known that nobody can ask the store.
    func turn(isStoreAway: Bool) {
        timeline.run(until: SystemClock.now()) { false }
        publisher.turn()
        collector.turn(isReady: !isStoreAway && ledger.isReadable) { observing?.absorb($0) }
        guard !isStoreAway, ContinuousClock.now - lookedAt > .seconds(1) else { return }
        lookedAt = .now
        ledger.lookAgain()
        auditor.committed()
    }

    func close() {
        for program in programs { program.stop(within: 10) }
        publisher.close()
        collector.close()
        ledger.close()
        parts.disk?.unmount()
        (producing, observing, brake) = (nil, nil, nil)
    }
}
