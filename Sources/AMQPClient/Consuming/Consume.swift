internal import CRabbitMQ

extension Connection {
    /// Starts a consumer; its messages come out of ``receive(waitingAtMost:)`` and must be acknowledged or rejected.
    ///
    /// - Parameters:
    ///   - queue: the queue's name.
    ///   - prefetch: how many messages may be unacknowledged at once, 1...65535 (quorum queues: 2000 at most). The window
    ///     is this consumer's own.
    ///   - exclusive: whether to refuse other consumers on the queue.
    ///   - arguments: such as `x-priority`.
    /// - Returns: the consumer's name, which no other consumer of this connection has had.
    /// - Throws: ``AMQPError/Code/notFound``, ``AMQPError/Code/resourceLocked`` (403 for an exclusive consumer elsewhere);
    ///   both end the channel.
    public func consume(
        queue: String,
        prefetch: UInt16,
        exclusive: Bool = false,
        arguments: FieldTable = [:]
    ) throws(AMQPError) -> ConsumerTag {
        let operation = "consume \(queue)"
        guard prefetch > 0 else { throw refusal(operation, "a prefetch of 0 would mean without limit") }
        arena.recycle()
        consumersStarted += 1
        let tag = ConsumerTag("\(epoch).\(consumersStarted)")
        let consume = amqp_basic_consume_t(
            ticket: 0,
            queue: try shortString(queue, during: operation),
            consumer_tag: try shortString(tag.name, during: operation),
            no_local: 0,
            no_ack: 0,
            exclusive: exclusive ? 1 : 0,
            nowait: 0,
            arguments: try self.arguments(arguments, during: operation)
        )
        // Without `global`, RabbitMQ applies it to the consumers that are started from here on, each by itself.
        let window = amqp_basic_qos_t(prefetch_size: 0, prefetch_count: prefetch, global: 0)
        _ = try call(AMQP_BASIC_QOS_METHOD, window, expecting: AMQP_BASIC_QOS_OK_METHOD, during: operation)
        _ = try call(AMQP_BASIC_CONSUME_METHOD, consume, expecting: AMQP_BASIC_CONSUME_OK_METHOD, during: operation)
        return tag
    }

    /// Ends a consumer. Messages that were on their way still come out of ``receive(waitingAtMost:)``, and what is not
    /// acknowledged stays so until the channel ends.
    public func cancel(_ tag: ConsumerTag) throws(AMQPError) {
        let operation = "cancel consumer \(tag)"
        arena.recycle()
        let cancel = amqp_basic_cancel_t(consumer_tag: try shortString(tag.name, during: operation), nowait: 0)
        _ = try call(AMQP_BASIC_CANCEL_METHOD, cancel, expecting: AMQP_BASIC_CANCEL_OK_METHOD, during: operation)
    }

    /// Takes the next message from a queue, if there is one (`basic.get`). It must be acknowledged or rejected.
    ///
    /// - Returns: the message, and how many are left in the queue.
    public func get(queue: String) throws(AMQPError) -> (delivery: Delivery, remaining: UInt32)? {
        let operation = "get from \(queue)"
        arena.recycle()
        let get = amqp_basic_get_t(ticket: 0, queue: try shortString(queue, during: operation), no_ack: 0)
        let reply = try call(
            AMQP_BASIC_GET_METHOD,
            get,
            expecting: AMQP_BASIC_GET_OK_METHOD,
            AMQP_BASIC_GET_EMPTY_METHOD,
            during: operation
        )
        guard case .fetched(let delivery, let remaining) = reply.content else { return nil }
        return (delivery, remaining)
    }
}
