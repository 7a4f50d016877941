internal import CRabbitMQ

/// How an exchange routes.
public struct ExchangeType: Hashable, Sendable, ExpressibleByStringLiteral {
    /// The name on the wire.
    public let name: String

    /// A type by its name, for those that come with plug-ins.
    public init(stringLiteral name: String) {
        self.name = name
    }

    /// By equal routing key.
    public static let direct: ExchangeType = "direct"
    /// To every binding.
    public static let fanout: ExchangeType = "fanout"
    /// By patterns of words in the routing key.
    public static let topic: ExchangeType = "topic"
    /// By headers.
    public static let headers: ExchangeType = "headers"
}

extension Connection {
    /// Declares an exchange: makes it, or makes sure that it is there with exactly these properties.
    ///
    /// - Parameters:
    ///   - name: up to 255 bytes, not empty.
    ///   - type: how it routes.
    ///   - durable: whether it survives a restart of the broker.
    ///   - autoDelete: whether it goes with its last binding.
    ///   - isInternal: whether only other exchanges may publish to it.
    ///   - alternate: the exchange that takes what this one cannot route.
    ///   - arguments: further arguments.
    /// - Throws: ``AMQPError/Code/preconditionFailed`` if it is there with other properties; the channel is closed then.
    public func declareExchange(
        _ name: String,
        type: ExchangeType,
        durable: Bool = true,
        autoDelete: Bool = false,
        isInternal: Bool = false,
        alternate: String? = nil,
        arguments: FieldTable = [:]
    ) throws(AMQPError) {
        var arguments = arguments
        if let alternate { arguments["alternate-exchange"] = .text(alternate) }
        let operation = "declare exchange \(name)"
        arena.recycle()
        let declare = amqp_exchange_declare_t(
            ticket: 0,
            exchange: try shortString(name, during: operation),
            type: try shortString(type.name, during: operation),
            passive: 0,
            durable: durable ? 1 : 0,
            auto_delete: autoDelete ? 1 : 0,
            internal: isInternal ? 1 : 0,
            nowait: 0,
            arguments: try self.arguments(arguments, during: operation)
        )
        try exchange(declare, during: operation)
    }

    /// Makes sure that an exchange is there, without making it (a passive declaration).
    ///
    /// - Throws: ``AMQPError/Code/notFound`` if it is not; the channel is closed then. Its properties are not compared.
    public func inspectExchange(_ name: String) throws(AMQPError) {
        let operation = "inspect exchange \(name)"
        arena.recycle()
        let declare = amqp_exchange_declare_t(
            ticket: 0,
            exchange: try shortString(name, during: operation),
            type: .none,
            passive: 1,
            durable: 0,
            auto_delete: 0,
            internal: 0,
            nowait: 0,
            arguments: amqp_table_t()
        )
        try exchange(declare, during: operation)
    }

    private func exchange(_ declare: amqp_exchange_declare_t, during operation: String) throws(AMQPError) {
        _ = try call(
            AMQP_EXCHANGE_DECLARE_METHOD,
            declare,
            expecting: AMQP_EXCHANGE_DECLARE_OK_METHOD,
            during: operation
        )
    }

    /// Deletes an exchange; one that is not there is no error.
    ///
    /// - Parameter ifUnused: whether to refuse when it has bindings.
    /// - Throws: ``AMQPError/Code/preconditionFailed`` if it was refused; the channel is closed then.
    public func deleteExchange(_ name: String, ifUnused: Bool = false) throws(AMQPError) {
        let operation = "delete exchange \(name)"
        arena.recycle()
        let delete = amqp_exchange_delete_t(
            ticket: 0,
            exchange: try shortString(name, during: operation),
            if_unused: ifUnused ? 1 : 0,
            nowait: 0
        )
        _ = try call(
            AMQP_EXCHANGE_DELETE_METHOD,
            delete,
            expecting: AMQP_EXCHANGE_DELETE_OK_METHOD,
            during: operation
        )
    }
}
