import AMQPClient
import Foundation
import RefundService

/// The bench's corner of the broker: the contract's objects under a prefix of its own, which go with it.
///
/// Belongs to the thread that made it.
final class BenchBroker {
    let settings: BrokerSettings
    let names: BrokerNames
    private let topology: Topology
    private let connection: Connection
    private var confirms = ConfirmCount()
    private var isOwner = false

    /// Where settled cases are counted apart from other notices.
    private var settledNotices: String { names.prefix + "bench.settled" }

    /// Declares everything under the prefix.
    ///
    /// - Throws: `BenchError.foreignObject` when something is there already; `BrokerUnreachable`, `TopologyError`.
    init(settings: BrokerSettings) throws {
        var settings = settings
        settings.prefix = String(settings.prefix.prefix(40)) + "bench-\(UInt32.random(in: 0 ... .max))."
        self.settings = settings
        topology = Topology(prefix: settings.prefix)
        names = topology.names
        connection = try settings.connect(purpose: "bench")
        try connection.enableConfirms()
        try claim()
        isOwner = true
        do {
            try topology.declare(on: connection)
        } catch {
            remove()
            throw error
        }
    }

    /// Nothing may be there already: neither would it be measured rightly, nor may it be emptied and taken away.
    private func claim() throws {
        for exchange in topology.exchanges {
            let isThere: Bool? = try lookedAt { connection throws(AMQPError) in
                try connection.inspectExchange(exchange.name)
                return true
            }
            if isThere != nil { throw BenchError.foreignObject(name: exchange.name) }
        }
        for queue in topology.queues where try state(of: queue.name) != nil {
            throw BenchError.foreignObject(name: queue.name)
        }
    }

    /// `nil` for a queue that is not there.
    private func state(of queue: String) throws -> QueueState? {
        try lookedAt { connection throws(AMQPError) in try connection.inspectQueue(queue) }
    }

    /// - Returns: `nil` when the object is not there. The broker closes the channel over that.
    private func lookedAt<Value>(_ inspect: (Connection) throws(AMQPError) -> Value) throws -> Value? {
        do throws(AMQPError) {
            return try inspect(connection)
        } catch {
            guard error.code == .notFound else { throw error }
            try connection.reopenChannel(epoch: connection.epoch.next)
            try connection.enableConfirms()
            confirms = ConfirmCount()
            return nil
        }
    }

    /// Such as `RabbitMQ 3.10.8`.
    var version: String {
        let said = connection.serverProperties
        return [said.product, said.version].compactMap(\.self).joined(separator: " ")
    }

    /// Messages that wait in a queue.
    func count(_ queue: String) throws -> Int { Int(try connection.inspectQueue(queue).messageCount) }

    /// Empties every queue.
    func purge() throws {
        for queue in topology.queues { try connection.purgeQueue(queue.name) }
    }

    /// Publishes messages as they come, many at once, and returns when the broker has all of them.
    func publish(_ messages: some Sequence<OutgoingMessage>) throws {
        var burst: [OutgoingMessage] = []
        for message in messages {
            burst.append(message)
            if burst.count == BenchBroker.burst { try send(&burst) }
        }
        try send(&burst)
        while confirms.outstanding > 0 {
            try Interruption.check()
            try connection.heedConfirms(&confirms, waitingAtMost: .milliseconds(200))
        }
    }

    private static let burst = 256
    private static let inFlight = 4_096

    private func send(_ burst: inout [OutgoingMessage]) throws {
        try Interruption.check()
        try connection.heedConfirms(&confirms, waitingAtMost: .zero)
        while confirms.outstanding > BenchBroker.inFlight {
            try Interruption.check()
            try connection.heedConfirms(&confirms, waitingAtMost: .milliseconds(200))
        }
        confirms.published(through: try connection.publish(contentsOf: burst))
        burst.removeAll(keepingCapacity: true)
    }

    /// A queue of this connection's own that gets each notice of settlement besides.
    func countSettledNotices() throws -> String {
        try connection.declareQueue(settledNotices, durable: false, exclusive: true, autoDelete: false)
        try connection.bind(queue: settledNotices, to: names.events, routingKey: "notice.settled")
        try connection.purgeQueue(settledNotices)
        return settledNotices
    }

    func stopCountingSettledNotices() throws {
        try connection.deleteQueue(settledNotices)
    }

    /// Lets time pass: hears the broker, and whether to stop.
    func pause(_ time: Duration) throws {
        let end = ContinuousClock.now + time
        var left = time
        // At least once: a pause of no time still keeps the connection alive.
        repeat {
            try Interruption.check()
            try connection.heedConfirms(&confirms, waitingAtMost: max(.zero, min(left, .milliseconds(100))))
            left = end - ContinuousClock.now
        } while left > .zero
    }

    /// Another connection to the same broker, for another thread.
    static func connect(_ settings: BrokerSettings) throws -> Connection { try settings.connect(purpose: "bench") }

    /// Takes everything away that this bench has made; what fails is left, under a name that tells whose it is.
    ///
    /// - Parameter others: queues of the floor program, which has names of its own.
    func remove(with others: [String] = []) {
        guard isOwner else { return }
        isOwner = false
        // By another connection, since this one may be what has failed.
        connection.close()
        guard let connection = try? settings.connect(purpose: "bench") else { return }
        for queue in topology.queues.map(\.name) + others { _ = try? connection.deleteQueue(queue) }
        for exchange in topology.exchanges.reversed() { try? connection.deleteExchange(exchange.name) }
        connection.close()
    }

    /// - Throws: `BenchError.foreignObject` when one of the queues holds messages.
    func mustBeEmpty(_ queues: [String]) throws {
        for queue in queues where try (state(of: queue)?.messageCount ?? 0) > 0 {
            throw BenchError.foreignObject(name: "messages in \(queue)")
        }
    }
}
