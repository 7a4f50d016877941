public import AMQPClient
internal import DequeModule
internal import RefundMessages
public import RefundPolicy

/// Plays the access and payout systems, for trying things out: takes commands and replies as it was told to behave.
///
/// Belongs to the thread of its connection.
public final class Sandbox {
    private let connection: Connection
    private let names: BrokerNames
    private let behaviour: SandboxBehaviour
    private let now: () -> Instant
    public private(set) var ledger = SandboxLedger()

    /// Replies that wait for their time, in its order, since the delay is the same for all.
    private var waiting: Deque<(at: ContinuousClock.Instant, Pending)> = []
    /// Replies on their way to the broker: their commands are acknowledged once they are confirmed.
    private var unconfirmed: [UInt64: DeliveryTag] = [:]

    private struct Pending {
        let command: SandboxCommand
        let outcome: SandboxBehaviour.Outcome
        let tag: DeliveryTag
    }

    /// How many commands may be held at once.
    private static let prefetch: UInt16 = 500

    public init(
        connection: Connection, names: BrokerNames, behaviour: SandboxBehaviour, now: @escaping () -> Instant
    ) {
        self.connection = connection
        self.names = names
        self.behaviour = behaviour
        self.now = now
    }

    /// Replies until told to stop.
    ///
    /// - Parameter isStopping: is asked at least ten times a second.
    /// - Throws: `AMQPError` when the connection is lost; commands that were not answered are delivered again.
    public func run(isStopping: () -> Bool) throws(AMQPError) {
        try connection.enableConfirms()
        for queue in [names.revocations, names.payouts] {
            _ = try connection.consume(queue: queue, prefetch: Sandbox.prefetch)
        }
        while !isStopping() {
            try sendDue()
            let next = waiting.first.map { $0.at - .now } ?? .milliseconds(100)
            if let event = try connection.receive(waitingAtMost: min(.milliseconds(100), max(.zero, next))) {
                try handle(event)
            }
        }
    }

    private func handle(_ event: Event) throws(AMQPError) {
        switch event {
        case .delivery(let delivery): try take(delivery)
        case .confirmed(let confirmation):
            let settled =
                confirmation.multiple
                ? unconfirmed.keys.filter { $0 <= confirmation.sequence } : [confirmation.sequence]
            for sequence in settled.sorted() {
                guard let tag = unconfirmed.removeValue(forKey: sequence) else { continue }
                // A reply that the broker refused is given another try with its command.
                if confirmation.isAcknowledged {
                    try connection.acknowledge(tag)
                } else {
                    try connection.reject(tag, requeue: true)
                }
            }
        case .returned, .consumerStarted, .consumerCancelled, .blocked, .unblocked: break
        }
    }

    private func take(_ delivery: Delivery) throws(AMQPError) {
        // Only workers may write to that exchange: what else lies in the queue is nobody's command (contract § 2).
        guard delivery.exchange == names.commands, let command = SandboxCommand(delivery) else {
            // Nothing that the sandbox could act on; a real system would complain to somebody.
            try connection.acknowledge(delivery.tag)
            return
        }
        let outcome = behaviour.outcome(of: command.key)
        let isAnswered = behaviour.answers(command.key, attempt: command.attempt)
        ledger.note(command, outcome, isAnswered: isAnswered)
        guard isAnswered else {
            try connection.acknowledge(delivery.tag)
            return
        }
        waiting.append((.now + behaviour.delay, Pending(command: command, outcome: outcome, tag: delivery.tag)))
    }

    private func sendDue() throws(AMQPError) {
        while let (at, pending) = waiting.first, at <= .now {
            waiting.removeFirst()
            let (type, body) = pending.command.reply(pending.outcome, at: now())
            var properties = Properties()
            properties.contentType = "application/json"
            properties.deliveryMode = 2
            properties.type = type.rawValue
            properties.applicationID = "refund-worker sandbox"
            let sequence = try connection.publish(
                OutgoingMessage(
                    exchange: pending.command.refund == nil ? names.access : names.payout, routingKey: type.rawValue,
                    mandatory: true, properties: properties,
                    body: body))
            unconfirmed[sequence] = pending.tag
        }
    }
}
