internal import CRabbitMQ

/// What the broker said of a queue.
public struct QueueState: Hashable, Sendable {
    /// The queue's name; the broker makes one up when it is asked for an empty name.
    public let name: String
    /// How many messages are ready to be delivered.
    public let messageCount: UInt32
    /// How many consumers it has.
    public let consumerCount: UInt32
}

extension Connection {
    /// Declares a queue: makes it, or makes sure that it is there with exactly these properties.
    ///
    /// - Parameters:
    ///   - name: up to 255 bytes; empty lets the broker choose one.
    ///   - durable: whether the queue survives a restart of the broker.
    ///   - exclusive: whether only this connection may use it, and it goes when the connection does.
    ///   - autoDelete: whether it goes with its last consumer.
    ///   - arguments: such as `x-queue-type` or `x-dead-letter-exchange`.
    /// - Throws: ``AMQPError/Code/preconditionFailed`` if it is there with other properties; the channel is closed then.
    @discardableResult
    public func declareQueue(
        _ name: String,
        durable: Bool = true,
        exclusive: Bool = false,
        autoDelete: Bool = false,
        arguments: FieldTable = [:]
    ) throws(AMQPError) -> QueueState {
        let operation = "declare queue \(name)"
        arena.recycle()
        let declare = amqp_queue_declare_t(
            ticket: 0,
            queue: try shortString(name, during: operation),
            passive: 0,
            durable: durable ? 1 : 0,
            exclusive: exclusive ? 1 : 0,
            auto_delete: autoDelete ? 1 : 0,
            nowait: 0,
            arguments: try self.arguments(arguments, during: operation)
        )
        return try queueState(declare, during: operation)
    }

    /// Looks at a queue without making it (a passive declaration).
    ///
    /// - Throws: ``AMQPError/Code/notFound`` if it is not there; the channel is closed then. Its properties are not
    ///   compared: declare it to have them compared.
    public func inspectQueue(_ name: String) throws(AMQPError) -> QueueState {
        let operation = "inspect queue \(name)"
        arena.recycle()
        let declare = amqp_queue_declare_t(
            ticket: 0,
            queue: try shortString(name, during: operation),
            passive: 1,
            durable: 0,
            exclusive: 0,
            auto_delete: 0,
            nowait: 0,
            arguments: amqp_table_t()
        )
        return try queueState(declare, during: operation)
    }

    private func queueState(
        _ declare: amqp_queue_declare_t,
        during operation: String
    ) throws(AMQPError) -> QueueState {
        let reply = try call(
            AMQP_QUEUE_DECLARE_METHOD,
            declare,
            expecting: AMQP_QUEUE_DECLARE_OK_METHOD,
            during: operation
        )
        guard case .queue(let name, let messages, let consumers) = reply.content else {
            throw protocolViolation("the answer to a declaration was empty", during: operation)
        }
        return QueueState(name: name, messageCount: messages, consumerCount: consumers)
    }

    /// Deletes a queue; one that is not there is no error.
    ///
    /// - Parameters:
    ///   - ifUnused: whether to refuse when it has consumers.
    ///   - ifEmpty: whether to refuse when it has messages.
    /// - Returns: how many messages went with it.
    /// - Throws: ``AMQPError/Code/preconditionFailed`` if it was refused; the channel is closed then.
    @discardableResult
    public func deleteQueue(
        _ name: String,
        ifUnused: Bool = false,
        ifEmpty: Bool = false
    ) throws(AMQPError) -> UInt32 {
        let operation = "delete queue \(name)"
        arena.recycle()
        let delete = amqp_queue_delete_t(
            ticket: 0,
            queue: try shortString(name, during: operation),
            if_unused: ifUnused ? 1 : 0,
            if_empty: ifEmpty ? 1 : 0,
            nowait: 0
        )
        let reply = try call(
            AMQP_QUEUE_DELETE_METHOD,
            delete,
            expecting: AMQP_QUEUE_DELETE_OK_METHOD,
            during: operation
        )
        return reply.count
    }

    /// Throws away the messages of a queue that are ready to be delivered.
    ///
    /// - Returns: how many there were.
    /// - Throws: ``AMQPError/Code/notFound``; the channel is closed then.
    @discardableResult
    public func purgeQueue(_ name: String) throws(AMQPError) -> UInt32 {
        let operation = "purge queue \(name)"
        arena.recycle()
        let purge = amqp_queue_purge_t(ticket: 0, queue: try shortString(name, during: operation), nowait: 0)
        return try call(
            AMQP_QUEUE_PURGE_METHOD,
            purge,
            expecting: AMQP_QUEUE_PURGE_OK_METHOD,
            during: operation
        ).count
    }
}

extension Reply {
    /// The count in the answer, 0 if it has none.
    fileprivate var count: UInt32 {
        guard case .count(let count) = content else { return 0 }
        return count
    }
}
