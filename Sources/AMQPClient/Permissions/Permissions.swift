internal import CRabbitMQ

/// Questions about what the connection's user may do, asked so that the broker refuses what is asked for in any case:
/// after it has looked at the permissions, and before it has done anything.
extension Connection {
    /// Whether the user may publish to an exchange under a routing key.
    public enum PublishPermission: Hashable, Sendable {
        case allowed
        /// The broker has an alarm, takes nothing now, and says why. It may not answer on this connection any more.
        case blocked(reason: String)
    }

    /// Asks whether the user may read a queue; no message is taken.
    ///
    /// It asks for a consumer under a window of the whole channel, which quorum queues do not have, and which is refused
    /// (540) after the permission was found. A classic queue has it: there the consumer has a credit of nothing, and is
    /// ended at once. The connection must not be used afterwards, but to close it.
    ///
    /// - Throws: ``AMQPError/Code/accessRefused`` with the broker's text, ``AMQPError/Code/notFound``.
    public func requireReadPermission(on queue: String) throws(AMQPError) {
        let operation = "ask for the permission to read \(queue)"
        arena.recycle()
        let credit: FieldTable = ["x-credit": .table(["credit": 0, "drain": false])]
        let consume = amqp_basic_consume_t(
            ticket: 0,
            queue: try shortString(queue, during: operation),
            consumer_tag: try shortString("permission", during: operation),
            no_local: 0,
            no_ack: 0,
            exclusive: 0,
            nowait: 0,
            arguments: try self.arguments(credit, during: operation)
        )
        let window = amqp_basic_qos_t(prefetch_size: 0, prefetch_count: 1, global: 1)
        _ = try call(AMQP_BASIC_QOS_METHOD, window, expecting: AMQP_BASIC_QOS_OK_METHOD, during: operation)
        do throws(AMQPError) {
            _ = try call(
                AMQP_BASIC_CONSUME_METHOD, consume, expecting: AMQP_BASIC_CONSUME_OK_METHOD, during: operation)
        } catch {
            guard error.replyCode == 540 else { throw error }
            return
        }
        try cancel(ConsumerTag("permission"))
    }

    /// Asks whether the user may publish to an exchange; nothing is published.
    ///
    /// The message has an `expiration` that is no number, which is refused (406) after the permissions were found. Without
    /// a block the channel is closed in any case: open it again to ask further.
    ///
    /// - Parameter limit: how long the broker may take to answer.
    /// - Throws: ``AMQPError/Code/accessRefused`` with the broker's text, ``AMQPError/Code/notFound``,
    ///   ``AMQPError/Code/timedOut``.
    public func publishPermission(
        exchange: String, routingKey: String, waitingAtMost limit: Duration
    ) throws(AMQPError) -> PublishPermission {
        var properties = Properties()
        properties.expiration = "never"
        let deadline = ContinuousClock.now + limit
        do throws(AMQPError) {
            try publish(
                OutgoingMessage(
                    exchange: exchange, routingKey: routingKey, mandatory: true, properties: properties, body: []))
            while ContinuousClock.now < deadline {
                guard let event = try receive(waitingAtMost: deadline - ContinuousClock.now) else { continue }
                if case .blocked(let reason) = event { return .blocked(reason: reason) }
            }
        } catch {
            guard error.code == .preconditionFailed else { throw error }
            return .allowed
        }
        throw AMQPError(
            .timedOut, during: "ask for the permission to publish to \(exchange)",
            detail: "the broker did not answer in time", scope: .none, endpoint: endpoint.address)
    }
}
