import AMQPClient
import RefundCase
import RefundMessages
import RefundPolicy
import RefundService
internal import Synchronization

/// The broker's part of the work and nothing else: requests are read, three messages of a worker's size are published
/// for each, persistent and mandatory, their confirms awaited, and the requests acknowledged. No store, no thinking,
/// nothing overlapped. On a thread of the bench's process.
struct Relay: Sendable {
    let settings: BrokerSettings
    let names: BrokerNames
    let batch: Int
    /// Whether messages go by the contract's topic exchange or by the default one, under the queue's name.
    let usesDefaultExchange: Bool

    /// What others may see while it runs.
    final class Gauge: Sendable {
        private let clock = Mutex<CPUClock?>(nil)

        /// Of the relay's thread, once it runs.
        var cpu: CPUClock? { clock.withLock { $0 } }
        fileprivate func begin() { clock.withLock { $0 = CPUClock(currentThread: ()) } }
    }

    /// Works until it is told to stop.
    func run(gauge: Gauge, isStopping: () -> Bool) throws {
        gauge.begin()
        let publisher = try BenchBroker.connect(settings)
        defer { publisher.close() }
        let consumer = try BenchBroker.connect(settings)
        defer { consumer.close() }
        try publisher.enableConfirms()
        _ = try consumer.consume(queue: names.requests, prefetch: UInt16(min(2_000, batch * 4)))
        let bodies = try sampleBodies()
        var confirms = ConfirmCount()
        while !isStopping() {
            let deliveries = try nextBatch(from: consumer)
            if deliveries.isEmpty {
                // Heartbeats of a connection that has nothing else to do.
                try publisher.heedConfirms(&confirms, waitingAtMost: .zero)
                continue
            }
            let messages = deliveries.flatMap { outgoing(for: $0, bodies) }
            for start in stride(from: 0, to: messages.count, by: Relay.burst) {
                try publisher.heedConfirms(&confirms, waitingAtMost: .zero)
                let burst = messages[start..<min(start + Relay.burst, messages.count)]
                confirms.published(through: try publisher.publish(contentsOf: burst))
            }
            while confirms.outstanding > 0, !isStopping() {
                try publisher.heedConfirms(&confirms, waitingAtMost: .milliseconds(100))
            }
            if let last = deliveries.last, confirms.outstanding == 0 {
                try consumer.acknowledge(last.tag, multiple: true)
            }
        }
    }

    private static let burst = 256

    /// Whatever is there, so that a lone request does not wait for company.
    private func nextBatch(from consumer: Connection) throws -> [Delivery] {
        var deliveries: [Delivery] = []
        while deliveries.count < batch,
            let event = try consumer.receive(waitingAtMost: deliveries.isEmpty ? .milliseconds(50) : .zero)
        {
            if case .delivery(let delivery) = event { deliveries.append(delivery) }
        }
        return deliveries
    }

    private func outgoing(for delivery: Delivery, _ bodies: [(type: OutboundType, body: [UInt8])]) -> [OutgoingMessage]
    {
        let id = delivery.properties.messageID ?? ""
        return bodies.map { type, body in
            var properties = Properties()
            properties.contentType = "application/json"
            properties.deliveryMode = 2
            properties.messageID = "\(id)/\(type.rawValue)#1"
            properties.correlationID = id
            properties.type = type.rawValue
            properties.applicationID = "refund-worker bench"
            if type.isCommand { properties.headers = ["attempt": .int32(1)] }
            return OutgoingMessage(
                exchange: usesDefaultExchange ? "" : names.exchange(of: type),
                routingKey: usesDefaultExchange ? queue(of: type) : type.rawValue, mandatory: true,
                properties: properties, body: body)
        }
    }

    private func queue(of type: OutboundType) -> String {
        switch type {
        case .revoke: names.revocations
        case .payout: names.payouts
        default: names.notices
        }
    }

    /// What a worker would publish for one of the bench's requests, so that sizes are the same.
    private func sampleBodies() throws -> [(type: OutboundType, body: [UInt8])] {
        let requests = BenchRequests(names: names, now: SystemClock.now())
        let request = try InboundDecoder().decodeStoredRequest(requests.body(100_000))
        let (opened, effects) = RefundCase.open(
            request, policy: .standard, standing: .free, traceparent: nil, at: requests.now)
        let messages = effects.compactMap { effect -> (type: OutboundType, body: [UInt8])? in
            guard case .send(let message, _) = effect else { return nil }
            let encoded = OutboundEncoder().encode(message, of: opened, at: requests.now)
            return (encoded.type, encoded.body)
        }
        guard messages.count == 3 else { throw BenchError.wrongDecision }
        return messages
    }
}
