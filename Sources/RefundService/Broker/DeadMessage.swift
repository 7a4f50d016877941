internal import AMQPClient
internal import RefundMessages
internal import RefundPolicy
internal import RefundWorker

/// A message as it came, on its way to `refund.dead`.
struct DeadMessage {
    var properties: Properties
    var routingKey: String
    /// The exchange that it counts as published to; `nil` where that is not known any more.
    var exchange: String?
    var body: [UInt8]
    /// How often it was tried.
    var attempts: Int
    /// What it lacks of what it came with; `nil` for nothing.
    var loss: String?

    /// One that the broker still holds for us.
    init(_ delivery: Delivery, names: BrokerNames, isSharded: Bool) {
        properties = delivery.properties.publishable
        loss = delivery.properties.damage?.loss
        routingKey = delivery.routingKey
        exchange = MessageOrigin(of: delivery, names: names, isSharded: isSharded, consoleUser: "").exchange
        body = delivery.body.bytes ?? []
        attempts = DeadMessage.deliveries(of: delivery.properties, redelivered: delivery.redelivered)
    }

    /// One that the store has kept.
    init(_ letter: ParkedDeadLetter) {
        let envelope = Envelope(decoding: letter.delivery.envelope)
        properties = envelope?.properties.publishable ?? Properties()
        loss = envelope?.properties.damage?.loss
        routingKey = envelope?.routingKey ?? letter.delivery.type?.rawValue ?? ""
        exchange = envelope?.exchange
        body = letter.delivery.body
        attempts = letter.attempts
    }

    /// The same with nothing of what came with it, for what can't be published as it came.
    var withoutEnvelope: DeadMessage {
        var bare = self
        bare.properties = Properties()
        bare.loss = "the properties can't be published, and were left out"
        // A key that was no UTF-8 grows when it is repaired, and may then be longer than a key can be. The exchange of dead
        // letters needs none.
        bare.routingKey = ""
        return bare
    }

    /// The broker's count stands in a header of its own from the second delivery on; before that it leaves there what the
    /// sender wrote.
    private static func deliveries(of properties: Properties, redelivered: Bool) -> Int {
        guard redelivered else { return 1 }
        let earlier = properties.headers?["x-delivery-count"]?.integer ?? 1
        return Int(min(max(earlier, 1), Int64(Int32.max) - 1)) + 1
    }
}

extension OutgoingMessage {
    /// A message as it came, with why it is dead (contract § 3, "Codes").
    ///
    /// Two properties can't be kept as such, and move into headers: `expiration` would delete the dead letter, and the
    /// broker closes the channel over another user's `user_id`.
    init(_ message: DeadMessage, as deadLetter: DeadLetter, names: BrokerNames) {
        var properties = message.properties
        var headers = (properties.headers ?? FieldTable()).withoutDeathCertificate
        headers.replace("refund-original-expiration", by: properties.expiration)
        // What is replayed goes by these.
        headers.replace(MessageOrigin.userHeader, by: properties.userID)
        headers.replace(MessageOrigin.exchangeHeader, by: message.exchange)
        headers.replace(MessageOrigin.routingKeyHeader, by: message.routingKey)
        headers.replace("refund-error-code", by: deadLetter.code)
        headers.replace("refund-error-detail", by: String(deadLetter.detail.prefix(1_000)))
        headers.replace("refund-source-queue", by: names.prefix + deadLetter.source.rawValue)
        headers["refund-attempts"] = nil
        headers["refund-attempts"] = .int32(Int32(clamping: message.attempts))
        headers.replace("refund-lost", by: message.loss)
        headers.replace("refund-dead-at", by: deadLetter.at.description)
        properties.expiration = nil
        properties.userID = nil
        properties.headers = headers
        self.init(
            exchange: names.dead, routingKey: message.routingKey, mandatory: true, properties: properties,
            body: message.body)
    }
}

extension FieldTable {
    /// Whatever a sender has put under that name, however often, goes; `nil` puts nothing in its place.
    fileprivate mutating func replace(_ name: String, by text: String?) {
        self[name] = nil
        self[name] = text.map { .text($0) }
    }

    /// The same without what the broker writes when it dead-letters a message itself, so that only its own letters carry it.
    fileprivate var withoutDeathCertificate: FieldTable {
        var headers = self
        for entry in entries where entry.name == "x-death" || entry.name.hasPrefix("x-first-death-") {
            headers[entry.name] = nil
        }
        return headers
    }
}
