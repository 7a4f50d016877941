import RefundPolicy

extension RefundRequest {
    /// Reads `refund.requested` (contract § 3).
    init(_ message: JSONFields) throws(DeadLetterReason) {
        let id = try message.requestID()
        let kind = try message.requiredChoice("kind", of: Kind.self)
        let submittedAt = try message.requiredInstant("submitted_at")
        let orderNumber = try message.identifier("order_number")
        let service = try Service(message)
        let invoice = try Invoice(message.requiredObject("invoice"))
        let usage = try message.object("usage").map { fields throws(DeadLetterReason) in try Usage(fields) }
        let term = try message.object("term").map { fields throws(DeadLetterReason) in try Term(fields) }
        self.init(
            id: id, kind: kind, submittedAt: submittedAt, orderNumber: orderNumber, service: service,
            customer: try message.passedThrough("customer", naming: ["id", "contact", "locale"]), invoice: invoice,
            usage: usage, term: term,
            paymentMethod: try message.passedThrough("payment_method", naming: ["type", "token"]),
            dispute: message["dispute"] == nil ? .none : try message.requiredChoice("dispute", of: Dispute.self))
    }
}

extension Service {
    /// Reads the message's member `service`, and keeps it for the systems behind.
    fileprivate init(_ message: JSONFields) throws(DeadLetterReason) {
        let fields = try message.requiredObject("service")
        self.init(
            id: try fields.requiredIdentifier("id"), subscriptionID: try fields.identifier("subscription_id"),
            passedThrough: PassedThrough(json: fields.object.text, named: []))
    }
}

extension Invoice {
    fileprivate init(_ fields: JSONFields) throws(DeadLetterReason) {
        let proof = try fields.text("proof_of_payment")
        self.init(
            number: try fields.requiredIdentifier("number"), issuedOn: try fields.requiredDate("issued_on"),
            paid: try fields.requiredMoney("paid"), total: try fields.money("total"),
            proofOfPayment: proof.flatMap { $0.isBlank ? nil : $0 })
    }
}

extension Usage {
    fileprivate init(_ fields: JSONFields) throws(DeadLetterReason) {
        self.init(
            unit: try fields.text("unit"), included: try fields.requiredInteger("included"),
            remaining: try fields.requiredInteger("remaining"))
    }
}

extension Term {
    fileprivate init(_ fields: JSONFields) throws(DeadLetterReason) {
        self.init(startsOn: try fields.requiredDate("starts_on"), endsOn: try fields.requiredDate("ends_on"))
    }
}
