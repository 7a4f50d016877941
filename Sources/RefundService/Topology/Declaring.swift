public import AMQPClient

extension Topology {
    /// Makes everything that is missing; what is there and as it should be stays untouched, with its messages.
    ///
    /// - Throws: `TopologyError` for the first object that exists with other properties or may not be made. What was
    ///   declared before it stays; the channel is closed then.
    public func declare(on connection: Connection) throws(TopologyError) {
        for exchange in exchanges {
            try named(exchange.title) { () throws(AMQPError) in try exchange.declare(on: connection) }
        }
        for queue in queues {
            try named(queue.title) { () throws(AMQPError) in try queue.declare(on: connection) }
        }
        for binding in bindings {
            try named(binding.title) { () throws(AMQPError) in
                try connection.bind(queue: binding.queue, to: binding.exchange, routingKey: binding.routingKey)
            }
        }
    }

    private func named(_ object: String, _ body: () throws(AMQPError) -> Void) throws(TopologyError) {
        do throws(AMQPError) {
            try body()
        } catch {
            throw TopologyError(object: object, cause: error)
        }
    }
}

extension ExchangeSpecification {
    var title: String { "exchange \(name)" }

    func declare(on connection: Connection) throws(AMQPError) {
        try connection.declareExchange(name, type: type, alternate: alternate)
    }
}

extension QueueSpecification {
    var title: String { "queue \(name)" }

    func declare(on connection: Connection) throws(AMQPError) {
        _ = try connection.declareQueue(name, arguments: arguments)
    }
}

extension BindingSpecification {
    var title: String {
        "binding of queue \(queue) to exchange \(exchange) by \(routingKey.isEmpty ? "everything" : routingKey)"
    }
}
