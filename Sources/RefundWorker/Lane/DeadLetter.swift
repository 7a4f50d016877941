public import RefundMessages
public import RefundPolicy

/// That a delivery goes to `refund.dead`, and why.
public struct DeadLetter: Hashable, Sendable {
    public var reason: DeadLetterReason
    public var source: SourceQueue
    public var at: Instant

    public init(reason: DeadLetterReason, source: SourceQueue, at: Instant) {
        self.reason = reason
        self.source = source
        self.at = at
    }
}
