internal import AMQPClient
internal import Dispatch
internal import RefundMessages
internal import RefundPolicy
internal import RefundService
internal import Synchronization

/// The broker, as the console asks and tells it: one thing after the other, on a connection of its own for each.
final class BrokerDesk: Sendable {
    private struct State {
        var queues: (at: ContinuousClock.Instant, result: Result<[QueueFigure], any Error>)?
        var letters: (at: ContinuousClock.Instant, view: DeadLetterView)?
    }

    private let connect: @Sendable (_ purpose: String) throws -> Connection
    private let names: BrokerNames
    /// Dead letters are held by whoever looks at them: one look or replay at a time.
    private let letterQueue = DispatchQueue(label: "refund-worker console dead letters")
    private let queue = DispatchQueue(label: "refund-worker console broker")
    private let waiting = Atomic<Int>(0)
    private let state = Mutex(State())

    /// - Parameter connect: opens a connection whose name ends with that purpose.
    init(prefix: String, connect: @escaping @Sendable (_ purpose: String) throws -> Connection) {
        self.connect = connect
        names = BrokerNames(prefix: prefix)
    }

    private static let mostWaiting = 16
    /// How old an answer may be that several pages share.
    private static let freshness = Duration.seconds(2)
    private static let letterLimit = 5_000
    private static let letterByteLimit = 33_554_432

    /// How many messages and consumers the queues have.
    ///
    /// - Throws: `BrokerUnreachable`, `AMQPError`, `TooBusy`.
    func queues() async throws -> [QueueFigure] {
        if let known = state.withLock({ $0.queues }), .now - known.at < BrokerDesk.freshness {
            return try known.result.get()
        }
        let result: Result<[QueueFigure], any Error>
        do {
            result = .success(
                try await work(on: queue, purpose: "console") { connection, names in
                    try QueueFigure.all(of: names, on: connection)
                })
        } catch {
            result = .failure(error)
        }
        state.withLock { $0.queues = (.now, result) }
        return try result.get()
    }

    /// The oldest dead letters, and how many there are.
    ///
    /// - Throws: as above.
    func letters() async throws -> DeadLetterView {
        if let known = state.withLock({ $0.letters }), .now - known.at < BrokerDesk.freshness { return known.view }
        let view = try await work(on: letterQueue, purpose: "console") { connection, names in
            try DeadLetterView(
                letterLimit: BrokerDesk.letterLimit, byteLimit: BrokerDesk.letterByteLimit, on: connection, names: names
            )
        }
        state.withLock { $0.letters = (.now, view) }
        return view
    }

    /// Replays or discards these letters.
    ///
    /// - Throws: as above.
    func go(
        through selection: DeadLetterSelection, _ action: DeadLetterQueue.Action,
        onProgress: @escaping @Sendable (Int, Int) -> Void
    ) async throws -> DeadLetterQueue.Result {
        defer { state.withLock { $0.letters = nil } }
        return try await work(on: letterQueue, purpose: "console") { connection, names in
            try DeadLetterQueue(connection: connection, names: names).go(through: selection, action) {
                onProgress($0, $1)
            }
        }
    }

    /// Publishes a message, and returns once the broker has confirmed it.
    ///
    /// - Throws: as above, `TopologyError`, `NotTaken`.
    func publish(_ message: OneMessage, at now: Instant) async throws {
        try await work(on: queue, purpose: message.type.rawValue) { connection, names in
            try message.publish(on: connection, names: names, at: now)
        }
    }

    private func work<Value: Sendable>(
        on queue: DispatchQueue, purpose: String,
        _ body: @escaping @Sendable (Connection, BrokerNames) throws -> Value
    ) async throws -> Value {
        guard waiting.load(ordering: .relaxed) < BrokerDesk.mostWaiting else { throw TooBusy(what: "the broker") }
        waiting.add(1, ordering: .relaxed)
        defer { waiting.subtract(1, ordering: .relaxed) }
        return try await withCheckedThrowingContinuation { continuation in
            queue.async { [connect, names] in
                continuation.resume(
                    with: Result {
                        try onBrokerThread {
                            let connection = try connect(purpose)
                            defer { connection.close() }
                            return try body(connection, names)
                        }
                    })
            }
        }
    }
}

/// How a queue stands.
struct QueueFigure: Hashable, Sendable {
    var name: String
    /// What waits in it, for people.
    var holds: String
    var messages: Int
    var consumers: Int
    /// Work of our own: without a consumer, nothing moves.
    var isOurs: Bool

    static func all(of names: BrokerNames, on connection: Connection) throws(AMQPError) -> [QueueFigure] {
        let wanted = [
            (names.requests, "requests", true), (names.replies, "replies to commands, and what people say", true),
            (names.revocations, "access to be withdrawn", false), (names.payouts, "money to be paid", false),
            (names.notices, "notices to customers", false), (names.alerts, "alerts", false),
            (names.dead, "dead letters", false), (names.unrouted, "what came under a key that leads nowhere", false),
        ]
        var figures: [QueueFigure] = []
        for (name, holds, isOurs) in wanted {
            let state = try connection.inspectQueue(name)
            figures.append(
                QueueFigure(
                    name: name, holds: holds, messages: Int(state.messageCount), consumers: Int(state.consumerCount),
                    isOurs: isOurs))
        }
        return figures
    }
}
