internal import CRabbitMQ

extension Link {
    /// Answers the broker's `connection.close`, ends the link and gives the error to throw.
    func closedByBroker(_ close: amqp_connection_close_t, during operation: String) -> AMQPError {
        let text = close.reply_text.text.string
        // The answer lets the broker log a clean end; whether it arrives makes no difference any more.
        try? send(
            AMQP_CONNECTION_CLOSE_OK_METHOD,
            amqp_connection_close_ok_t(),
            channel: 0,
            during: operation
        )
        return fail(
            AMQPError(
                AMQPError.Code(replyCode: close.reply_code, scope: .connection),
                during: operation,
                detail: "the broker closed the connection",
                scope: .connection,
                replyCode: close.reply_code,
                replyText: text,
                endpoint: endpoint.address
            )
        )
    }
}

/// The names of methods, for errors.
enum MethodName {
    static func of(_ method: amqp_method_number_t) -> String {
        amqp_method_name(method).map { String(cString: $0) } ?? "0x\(String(method, radix: 16))"
    }
}
