import CRabbitMQ

@testable import AMQPClient

extension Connection {
    /// Binds an exchange to another, so that it gets what comes to that one under such keys: nothing that the worker does,
    /// and a way that an attacker may try.
    func bind(exchange destination: String, to source: String, routingKey: String) throws(AMQPError) {
        let operation = "bind exchange \(destination) to exchange \(source)"
        arena.recycle()
        let bind = amqp_exchange_bind_t(
            ticket: 0,
            destination: try shortString(destination, during: operation),
            source: try shortString(source, during: operation),
            routing_key: try shortString(routingKey, during: operation),
            nowait: 0,
            arguments: amqp_table_t()
        )
        _ = try call(AMQP_EXCHANGE_BIND_METHOD, bind, expecting: AMQP_EXCHANGE_BIND_OK_METHOD, during: operation)
    }
}
