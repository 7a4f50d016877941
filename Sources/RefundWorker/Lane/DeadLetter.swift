public import RefundMessages
public import RefundPolicy

/// That a message goes to `refund.dead`, and why.
public struct DeadLetter: Hashable, Sendable {
    /// The header `refund-error-code`.
    public var code: String
    /// The header `refund-error-detail`.
    public var detail: String
    public var source: SourceQueue
    public var at: Instant

    public init(code: String, detail: String, source: SourceQueue, at: Instant) {
        self.code = code
        self.detail = detail
        self.source = source
        self.at = at
    }

    public init(reason: DeadLetterReason, source: SourceQueue, at: Instant) {
        self.init(code: reason.code, detail: reason.detail, source: source, at: at)
    }
}

/// The dead letter of a parked message, which the store keeps until the broker has it.
public struct ParkedDeadLetter: Hashable, Sendable {
    public var id: ParkedID
    public var delivery: KeptDelivery
    public var deadLetter: DeadLetter
    /// How often the message was tried.
    public var attempts: Int

    public init(id: ParkedID, delivery: KeptDelivery, deadLetter: DeadLetter, attempts: Int) {
        self.id = id
        self.delivery = delivery
        self.deadLetter = deadLetter
        self.attempts = attempts
    }
}

/// The dead letter of a delivery that `refund.dead` does not take: the store is to keep it.
public struct KeptLetter: Sendable {
    public var delivery: InboundDelivery
    public var deadLetter: DeadLetter

    public init(delivery: InboundDelivery, deadLetter: DeadLetter) {
        self.delivery = delivery
        self.deadLetter = deadLetter
    }
}
