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
        properties.correlationID = message.requestID.text
        properties.type = type.rawValue
        properties.timestamp = UInt64(clamping: message.createdAt.secondsSinceEpoch)
        properties.applicationID = "refund-worker"
        if type.isCommand { properties.replyTo = names.replies }
        if !headers.entries.isEmpty { properties.headers = headers }
        self.init(
            exchange: names.outbound, routingKey: type.rawValue, mandatory: true, properties: properties,
            body: message.encoded.body)
    }

    /// A delivery as it came, with why it is dead (contract § 3, "Codes").
    ///
    /// Two properties can't be kept as such, and move into headers: `expiration` would delete the dead letter, and the
    /// broker closes the channel over another user's `user_id`.
    ///
    /// - Parameter keepsProperties: `false` leaves out all that came with it, for what can't be published as it came.
    init(_ delivery: Delivery, as deadLetter: DeadLetter, names: BrokerNames, keepsProperties: Bool = true) {
        var properties = keepsProperties ? delivery.properties.publishable : Properties()
        var headers = properties.headers ?? FieldTable()
        if let expiration = properties.expiration { headers["refund-original-expiration"] = .text(expiration) }
        if let userID = properties.userID { headers["refund-original-user-id"] = .text(userID) }
        let returned = headers["x-delivery-count"]?.integer ?? (delivery.redelivered ? 1 : 0)
        headers["refund-error-code"] = .text(deadLetter.reason.code)
        headers["refund-error-detail"] = .text(String(deadLetter.reason.detail.prefix(1_000)))
        headers["refund-source-queue"] = .text(names.prefix + deadLetter.source.rawValue)
        headers["refund-attempts"] = .int32(Int32(clamping: returned + 1))
        headers["refund-dead-at"] = .text(deadLetter.at.description)
        properties.expiration = nil
        properties.userID = nil
        properties.headers = headers
        self.init(
            exchange: names.dead, routingKey: delivery.routingKey, mandatory: true, properties: properties,
            body: delivery.body.bytes ?? [])
    }
}

extension Properties {
    /// The same, or as much of them as can be published when some could not be read.
    fileprivate var publishable: Properties {
        guard damage != nil else { return self }
        var properties = Properties()
        properties.messageID = messageID.flatMap { $0.utf8.count <= 255 ? $0 : nil }
        properties.correlationID = correlationID.flatMap { $0.utf8.count <= 255 ? $0 : nil }
        properties.type = type.flatMap { $0.utf8.count <= 255 ? $0 : nil }
        properties.timestamp = timestamp
        properties.deliveryMode = deliveryMode
        if damage == .textIsNotUTF8 { properties.headers = headers }
        return properties
    }
}
