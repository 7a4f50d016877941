internal import CRabbitMQ

extension Connection {
    /// Binds a queue to an exchange; binding twice is the same as once.
    ///
    /// - Throws: ``AMQPError/Code/notFound`` if either is not there; the channel is closed then.
    public func bind(
        queue: String,
        to exchange: String,
        routingKey: String,
        arguments: FieldTable = [:]
    ) throws(AMQPError) {
        let operation = "bind queue \(queue) to exchange \(exchange)"
        arena.recycle()
        let bind = amqp_queue_bind_t(
            ticket: 0,
            queue: try shortString(queue, during: operation),
            exchange: try shortString(exchange, during: operation),
            routing_key: try shortString(routingKey, during: operation),
            nowait: 0,
            arguments: try self.arguments(arguments, during: operation)
        )
        _ = try call(AMQP_QUEUE_BIND_METHOD, bind, expecting: AMQP_QUEUE_BIND_OK_METHOD, during: operation)
    }

    /// Ends a binding; one that is not there is no error.
    public func unbind(
        queue: String,
        from exchange: String,
        routingKey: String,
        arguments: FieldTable = [:]
    ) throws(AMQPError) {
        let operation = "unbind queue \(queue) from exchange \(exchange)"
        arena.recycle()
        let unbind = amqp_queue_unbind_t(
            ticket: 0,
            queue: try shortString(queue, during: operation),
            exchange: try shortString(exchange, during: operation),
            routing_key: try shortString(routingKey, during: operation),
            arguments: try self.arguments(arguments, during: operation)
        )
        _ = try call(AMQP_QUEUE_UNBIND_METHOD, unbind, expecting: AMQP_QUEUE_UNBIND_OK_METHOD, during: operation)
    }
}
