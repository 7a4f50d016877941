import RefundPolicy

extension RefundRequest {
    /// Reads `refund.requested` (contract § 3).
    ///
    /// - Parameter reading: by which version of the contract.
    init(_ message: JSONFields, _ reading: RequestReading = .contract) throws(DeadLetterReason) {
        let id = try message.requestID()
        let kind = try message.requiredChoice("kind", of: Kind.self)
        let submitted = try message.requiredInstantWithOffset("submitted_at")
        let orderNumber = try message.identifier("order_number", reading)
        let service = try Service(message, reading)
        let invoice = try Invoice(message.requiredObject("invoice"), reading)
        let usage = try message.object("usage").map { fields throws(DeadLetterReason) in try Usage(fields) }
        let term = try message.object("term").map { fields throws(DeadLetterReason) in try Term(fields) }
        self.init(
            id: id, kind: kind, submittedAt: submitted.instant, senderOffset: SenderOffset(seconds: submitted.offset),
            orderNumber: orderNumber, service: service,
            customer: try message.passedThrough("customer", naming: ["id", "contact", "locale"]),
            traits: reading == .contract ? CustomerTraits(message) : CustomerTraits(), invoice: invoice, usage: usage,
            term: term, concludedOn: reading == .contract ? try message.object("contract")?.date("concluded_on") : nil,
            paymentMethod: try message.passedThrough("payment_method", naming: ["type", "token"]),
            dispute: message["dispute"] == nil ? .none : try message.requiredChoice("dispute", of: Dispute.self))
    }
}

extension CustomerTraits {
    /// Reads what the message's member `customer` says, and takes what is in another form for not said: the object is
    /// handed on untouched, and no reason to refuse a message.
    fileprivate init(_ message: JSONFields) {
        guard let fields = try? message.object("customer") else {
            self.init()
            return
        }
        func text(_ value: JSONValue?) -> String? {
            value?.string.map(Spelling.trimmed).flatMap { $0.isEmpty ? nil : $0 }
        }
        self.init(
            country: text(fields["country"]), isConsumer: fields["consumer"]?.boolean,
            segment: text(fields["segment"]))
    }
}

extension Service {
    /// Reads the message's member `service`, and keeps it for the systems behind.
    fileprivate init(_ message: JSONFields, _ reading: RequestReading) throws(DeadLetterReason) {
        let fields = try message.requiredObject("service")
        self.init(
            id: try fields.requiredIdentifier("id", reading),
            subscriptionID: try fields.identifier("subscription_id", reading),
            passedThrough: PassedThrough(json: fields.object.text, named: []))
    }
}

extension Invoice {
    fileprivate init(_ fields: JSONFields, _ reading: RequestReading) throws(DeadLetterReason) {
        let proof = try fields.text("proof_of_payment")
        self.init(
            number: try fields.requiredIdentifier("number", reading), issuedOn: try fields.requiredDate("issued_on"),
            paid: try fields.requiredMoney("paid"), total: try fields.money("total"),
            proofOfPayment: proof.flatMap { reading.isBlank($0) ? nil : $0 })
    }
}

extension Usage {
    fileprivate init(_ fields: JSONFields) throws(DeadLetterReason) {
        self.init(
            unit: try fields.text("unit"), included: try fields.requiredQuantity("included"),
            remaining: try fields.requiredQuantity("remaining"))
    }
}

extension Term {
    fileprivate init(_ fields: JSONFields) throws(DeadLetterReason) {
        self.init(startsOn: try fields.requiredDate("starts_on"), endsOn: try fields.requiredDate("ends_on"))
    }
}
