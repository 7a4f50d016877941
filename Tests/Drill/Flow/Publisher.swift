import AMQPClient
import DequeModule
import RefundMessages
import RefundService

/// Puts messages on the exchanges of their senders, each again and again until the broker has confirmed it, in their order.
///
/// Belongs to the drill's thread.
final class Publisher {
    private var link: BrokerLink
    private let names: BrokerNames
    private let user: String
    private let findings: Findings
    private var waiting: Deque<OutgoingMessage> = []
    private var inFlight: [UInt64: OutgoingMessage] = [:]
    private var isBlocked = false
    private(set) var confirmed = 0

    private static let window = 256

    init(to endpoint: Endpoint, names: BrokerNames, findings: Findings) {
        link = BrokerLink(to: endpoint, name: "producer")
        self.names = names
        user = endpoint.user
        self.findings = findings
    }

    var fileDescriptor: Int32? { link.connection?.fileDescriptor }
    /// How many messages the broker does not have yet, as far as is known.
    var pending: Int { waiting.count + inFlight.count }

    func send(id: String, type: String, routingKey: String, body: [UInt8]) {
        var properties = Properties()
        properties.contentType = "application/json"
        properties.deliveryMode = 2
        properties.messageID = id
        properties.type = type
        properties.applicationID = "refund-worker drill"
        // What can't be read, or is of no type, comes from upstream.
        let sender = InboundType(rawValue: routingKey).flatMap { type in
            try? MessageOutline(body).sender(of: type)
        }
        let exchange = names.exchange(of: sender ?? .intake)
        if sender == .people { properties.userID = user }
        waiting.append(
            OutgoingMessage(
                exchange: exchange, routingKey: routingKey, mandatory: true, properties: properties, body: body))
    }

    /// Does what can be done now, without waiting.
    func turn() {
        if link.openIfDue({ connection throws(AMQPError) in try connection.enableConfirms() }) { isBlocked = false }
        guard let connection = link.connection else { return }
        do throws(AMQPError) {
            while let event = try connection.receive(waitingAtMost: .zero) { heed(event) }
            while !isBlocked, inFlight.count < Publisher.window, let message = waiting.popFirst() {
                do throws(AMQPError) {
                    inFlight[try connection.publish(message)] = message
                } catch {
                    waiting.prepend(message)
                    throw error
                }
            }
        } catch {
            link.lose()
            // What was on its way may have arrived: it goes out again, under its own id.
            for (_, message) in inFlight.sorted(by: { $0.key > $1.key }) { waiting.prepend(message) }
            inFlight = [:]
        }
    }

    func close() { link.lose() }

    private func heed(_ event: Event) {
        switch event {
        case .confirmed(let confirmation):
            let settled =
                confirmation.multiple
                ? inFlight.keys.filter { $0 <= confirmation.sequence }.sorted() : [confirmation.sequence]
            for sequence in settled {
                guard let message = inFlight.removeValue(forKey: sequence) else { continue }
                if confirmation.isAcknowledged { confirmed += 1 } else { waiting.append(message) }
            }
        case .blocked: isBlocked = true
        case .unblocked: isBlocked = false
        case .returned(let message):
            findings.add("the broker returned \(message.routingKey): \(message.replyText)")
        case .delivery, .consumerStarted, .consumerCancelled: break
        }
    }
}
