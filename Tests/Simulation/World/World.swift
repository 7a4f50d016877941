import Foundation
import RefundMessages
import RefundPolicy
import RefundWorker
import SQLiteStore

/// A whole world on one thread: broker, workers, store, the systems behind, people, and whoever watches.
final class World {
    /// How far a clock may be off.
    static let mostClockOffset: Duration = .seconds(120)
    /// How far off one is that a time server keeps.
    static let keptClockOffset: Duration = .seconds(1)

    let scenario: Scenario
    let limits: LaneLimits
    let sabotage: any Sabotage
    let timeline: Timeline
    let transcript: Transcript
    let faults: Faults
    let auditor: Auditor
    let broker: SimulatedBroker
    let fulfilment: OrderFulfilment
    private let realStore: SQLiteStore
    let ledger: StoreLedger
    private(set) var store: any CaseStore
    let file: String
    private(set) var workers: [SimulatedWorker] = []
    private(set) var people: People?
    private var random: SeededRandom
    private var messages = 0
    /// Requests whose cases the store refuses to write for now.
    var refused: Set<String> = [] { didSet { auditor.everRefused.formUnion(refused) } }
    /// When a worker was started last: what a death had kept from its time may be done after that.
    var lastStartAt = Instant(microsecondsSinceEpoch: 0)
    var isStoreDown = false
    /// How much is still to be said.
    private(set) var unsaid = 0
    /// What the store is working at.
    var order: StoreOrder?
    /// Messages that kill whoever reads them.
    private(set) var deadly: Set<String> = []

    init(_ scenario: Scenario, sabotage: any Sabotage, folder: String, isTold: Bool) throws {
        self.scenario = scenario
        self.sabotage = sabotage
        limits = scenario.limits
        // 2022-03-01, noon.
        let start = Instant(microsecondsSinceEpoch: 1_646_136_000_000_000)
        timeline = Timeline(start: start)
        transcript = Transcript(isOn: isTold, start: start)
        faults = Faults(scenario)
        auditor = Auditor(scenario: scenario, timeline: timeline, faults: faults)
        broker = SimulatedBroker(timeline: timeline, auditor: auditor, faults: faults, seed: scenario.seed)
        let policy = Policy(only: sabotage.policy(scenario.policy))
        fulfilment = OrderFulfilment(
            decoder: InboundDecoder(limits: InboundLimits(bodySize: Scenario.bodySize)), policies: PolicyShelf(policy),
            limits: limits)
        random = SeededRandom(seed: scenario.seed, stream: 8)
        file = "\(folder)/world.sqlite"
        try World.makeStore(at: file, in: folder)
        realStore = try SQLiteStore(path: file)
        store = realStore
        ledger = try StoreLedger(file: file)
        auditor.ledger = ledger
        let watched = WatchedStore(realStore, world: self)
        store = FaultyStore(sabotage.store(IdleLooks(watched, ledger: ledger), file: file), world: self)
        wire()
    }

    /// An empty store, as a copy of one that is made once: to make the tables takes longer than many a world.
    private static func makeStore(at file: String, in folder: String) throws {
        for name in [file, "\(file)-wal", "\(file)-shm", "\(file).lock"] {
            try? FileManager.default.removeItem(atPath: name)
        }
        let empty = "\(folder)/empty.sqlite"
        if !FileManager.default.fileExists(atPath: empty) { try SQLiteStore(path: empty).close() }
        try FileManager.default.copyItem(atPath: empty, toPath: file)
    }

    private func wire() {
        let access = CommandSystem(self, command: "revoke")
        let payouts = CommandSystem(self, command: "payout")
        let people = People(self)
        self.people = people
        broker.onArrival = { message, queue in
            switch queue {
            case .revoke: access.receive(message)
            case .payout: payouts.receive(message)
            case .notices, .alerts: people.read(message)
            case .dead: people.readDead(message)
            case .requests, .replies, .unrouted: break
            }
        }
        workers = (1...scenario.workers).map { SimulatedWorker(name: "w\($0)", world: self) }
    }

    /// Ends the world: the files are closed, and nothing refers to anything any more.
    func close() {
        timeline.end()
        ledger.close()
        realStore.close()
        for worker in workers { worker.process = nil }
        broker.onArrival = { _, _ in }
        workers = []
        people = nil
    }

    /// Cuts every worker's publishing connection, and keeps it cut; what consumes stays.
    func cutPublishers(for duration: Duration) {
        transcript.note(timeline.now, "** publishers are cut")
        for worker in workers {
            guard let process = worker.process else { continue }
            worker.losePublisher(process, for: duration)
        }
    }

    /// Lets somebody say something later: the world is not at rest before.
    func later(_ wait: Duration, _ action: @escaping () -> Void) {
        unsaid += 1
        timeline.after(wait) { [self] in
            unsaid -= 1
            action()
        }
    }

    func draw<Value>(_ body: (inout SeededRandom) -> Value) -> Value { body(&random) }

    /// Puts a message on the exchange of whoever says such things, or on another.
    func send(
        type: String, request: String, body: [UInt8], as kind: Auditor.Sent.Kind, through sender: InboundSender? = nil
    ) {
        messages += 1
        let id = "in-\(messages)"
        transcript.note(timeline.now, "\(id) \(type) of \(request) is sent \(World.summary(of: body))")
        auditor.sends(
            Auditor.Sent(id: id, type: type, request: request, kind: kind, body: body, at: timeline.now))
        if kind == .deadly { deadly.insert(id) }
        broker.deliver(id: id, type: type, body: body, through: sender ?? .usual(of: type, body))
    }

    /// What a reader of a transcript wants to know of a message.
    private static func summary(of body: [UInt8]) -> String {
        ["idempotency_key", "occurred_at", "action_id", "verdict"].compactMap { Text.member($0, of: body) }
            .joined(separator: " ")
    }

    func request(of id: String) -> String { auditor.sent[id]?.request ?? "?" }
}
