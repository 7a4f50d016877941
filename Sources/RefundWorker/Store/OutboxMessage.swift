public import RefundCase
public import RefundMessages
public import RefundPolicy

/// A committed message on its way to the broker.
public struct OutboxMessage: Hashable, Sendable {
    public var key: MessageKey
    public var requestID: RequestID
    public var encoded: EncodedMessage
    public var createdAt: Instant
    /// Which sending of the same bytes this is, from 1.
    public var attempt: Int
    public var traceparent: String?

    public init(
        key: MessageKey, requestID: RequestID, encoded: EncodedMessage, createdAt: Instant, attempt: Int,
        traceparent: String?
    ) {
        self.key = key
        self.requestID = requestID
        self.encoded = encoded
        self.createdAt = createdAt
        self.attempt = attempt
        self.traceparent = traceparent
    }
}

/// Where a message stands: the case, and the place among its messages.
public struct MessageKey: Hashable, Sendable {
    public var caseID: CaseID
    public var ordinal: MessageOrdinal

    public init(caseID: CaseID, ordinal: MessageOrdinal) {
        self.caseID = caseID
        self.ordinal = ordinal
    }
}

/// What became of a published message.
public struct PublicationRecord: Hashable, Sendable {
    public enum Result: Hashable, Sendable {
        /// The broker has it.
        case confirmed
        /// The broker returned or refused it; it is due again then.
        case failed(reason: String, nextAttemptAt: Instant)
    }

    public var key: MessageKey
    public var at: Instant
    public var result: Result

    public init(key: MessageKey, at: Instant, result: Result) {
        self.key = key
        self.at = at
        self.result = result
    }
}
