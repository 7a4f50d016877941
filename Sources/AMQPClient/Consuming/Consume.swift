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
        let (tag, window, consume) = try consumer(
            of: queue, prefetch, isExclusive: exclusive, arguments, during: operation)
        _ = try call(AMQP_BASIC_QOS_METHOD, window, expecting: AMQP_BASIC_QOS_OK_METHOD, during: operation)
        _ = try call(AMQP_BASIC_CONSUME_METHOD, consume, expecting: AMQP_BASIC_CONSUME_OK_METHOD, during: operation)
        return tag
    }

    /// Asks for a consumer without waiting for the broker's answer: a queue that has no leader gives none for as long.
    ///
    /// ``Event/consumerStarted(_:)`` comes out of ``receive(waitingAtMost:)`` before the first delivery. Where it does
    /// not come within ``ConnectionOptions/consumeTimeout``, the connection ends there with
    /// ``AMQPError/Code/timedOut``.
    ///
    /// - Parameters:
    ///   - queue: the queue's name.
    ///   - prefetch: as of ``consume(queue:prefetch:exclusive:arguments:)``.
    /// - Returns: the consumer's name, which no other consumer of this connection has had.
    /// - Throws: what sending can throw. What the broker has against the queue is thrown by
    ///   ``receive(waitingAtMost:)``.
    public func startConsuming(queue: String, prefetch: UInt16) throws(AMQPError) -> ConsumerTag {
        let operation = "consume \(queue)"
        let (tag, window, consume) = try consumer(of: queue, prefetch, isExclusive: false, [:], during: operation)
        let deadline = ContinuousClock.now + options.consumeTimeout
        try send(AMQP_BASIC_QOS_METHOD, window, during: operation)
        awaited.append(AwaitedAnswer(method: AMQP_BASIC_QOS_OK_METHOD, deadline: deadline, operation: operation))
        try send(AMQP_BASIC_CONSUME_METHOD, consume, during: operation)
        awaited.append(
            AwaitedAnswer(
                method: AMQP_BASIC_CONSUME_OK_METHOD, consumer: tag, deadline: deadline, operation: operation))
        return tag
    }

    /// The methods that make a consumer. Without `global`, RabbitMQ applies the window to the consumers that are started
    /// after it, each by itself.
    private func consumer(
        of queue: String, _ prefetch: UInt16, isExclusive: Bool, _ arguments: FieldTable, during operation: String
    ) throws(AMQPError) -> (tag: ConsumerTag, window: amqp_basic_qos_t, consume: amqp_basic_consume_t) {
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
            exclusive: isExclusive ? 1 : 0,
            nowait: 0,
            arguments: try self.arguments(arguments, during: operation)
        )
        return (tag, amqp_basic_qos_t(prefetch_size: 0, prefetch_count: prefetch, global: 0), consume)
    }

    /// Ends a consumer without waiting for the broker's answer. Messages that were on their way still come, as with
    /// ``cancel(_:)``; the broker says nothing when the last has.
    public func stopConsuming(_ tag: ConsumerTag) throws(AMQPError) {
        let operation = "cancel consumer \(tag)"
        arena.recycle()
        let cancel = amqp_basic_cancel_t(consumer_tag: try shortString(tag.name, during: operation), nowait: 1)
        try send(AMQP_BASIC_CANCEL_METHOD, cancel, during: operation)
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
