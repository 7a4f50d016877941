internal import AMQPClient
internal import RefundMessages
internal import RefundPolicy
internal import RefundWorker

extension OutgoingMessage {
    /// A committed message with its properties (contract § 3, "Messages").
    init(_ message: OutboxMessage, names: BrokerNames) {
        let type = message.encoded.type
        var headers = FieldTable()
        if type.isCommand { headers["attempt"] = .int32(Int32(clamping: message.attempt)) }
        if let traceparent = message.traceparent { headers[TraceContext.header] = .text(traceparent) }
        var properties = Properties()
        properties.contentType = "application/json"
        properties.deliveryMode = 2
        properties.messageID = message.encoded.id
        properties.correlationID = message.requestID?.text
        properties.type = type.rawValue
        properties.timestamp = UInt64(clamping: message.createdAt.secondsSinceEpoch)
        properties.applicationID = "refund-worker"
        // The exchange that the answer belongs to.
        if type.isCommand { properties.replyTo = type == .revoke ? names.access : names.payout }
        if !headers.entries.isEmpty { properties.headers = headers }
        self.init(
            exchange: names.exchange(of: type), routingKey: type.rawValue, mandatory: true, properties: properties,
            body: message.encoded.body)
    }
}
