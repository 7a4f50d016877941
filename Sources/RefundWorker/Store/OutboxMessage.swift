public import RefundCase
public import RefundMessages
public import RefundPolicy

/// A committed message on its way to the broker.
public struct OutboxMessage: Hashable, Sendable {
    public var key: MessageKey
    /// `nil` for a message of no case.
    public var requestID: RequestID?
    public var encoded: EncodedMessage
    public var createdAt: Instant
    /// Which sending of the same bytes this is, from 1.
    public var attempt: Int
    public var traceparent: String?
    /// Until then, by the clock of the call that gave it out, the worker that has it may hand it to the broker, and nobody
    /// else may have it. A moment that is past: nobody has it.
    public var heldUntil: Instant
    /// Until when another had it that has not told what became of it: by its own clock, which may be behind, it may have it
    /// still. `nil` where every hold before this one was told of.
    public var heldBefore: Instant?
    /// When the case's request was submitted; `nil` where that is not at hand. Only for measuring.
    public var submittedAt: Instant?
    /// When the delivery came that led to it; `nil` for a message that was found in the store. Only for measuring.
    public var receivedAt: Instant?

    public init(
        key: MessageKey, requestID: RequestID?, encoded: EncodedMessage, createdAt: Instant, attempt: Int,
        traceparent: String?, heldUntil: Instant = Instant(microsecondsSinceEpoch: 0), heldBefore: Instant? = nil,
        submittedAt: Instant? = nil, receivedAt: Instant? = nil
    ) {
        self.key = key
        self.requestID = requestID
        self.encoded = encoded
        self.createdAt = createdAt
        self.attempt = attempt
        self.traceparent = traceparent
        self.heldUntil = heldUntil
        self.heldBefore = heldBefore
        self.submittedAt = submittedAt
        self.receivedAt = receivedAt
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

    /// One number for both, as a store's rows have it: each message is looked up several times.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(caseID.number << RowNumber.placeBits ^ Int64(truncatingIfNeeded: ordinal.number))
    }
}

/// What a lane publishes of a store's, and what it tells the store about afterwards.
public enum PublicationKey: Hashable, Sendable {
    /// That sending of a case's message.
    case message(MessageKey, attempt: Int)
    /// A parked message as a dead letter.
    case deadLetter(ParkedID)

    /// Sendings of one message, of which there are few at a time, share a hash.
    public func hash(into hasher: inout Hasher) {
        switch self {
        case .message(let key, _): key.hash(into: &hasher)
        case .deadLetter(let id): hasher.combine(id)
        }
    }
}

extension OutboxMessage {
    /// How long a new message is held by the lane that committed it: that lane publishes it right away.
    public static let publisherHeadStart: Duration = .seconds(10)

    public var publicationKey: PublicationKey { .message(key, attempt: attempt) }
}

/// What became of a publication.
public struct PublicationRecord: Hashable, Sendable {
    public enum Result: Hashable, Sendable {
        /// The broker has it. A parked message is parked no longer.
        case confirmed
        /// The broker returned or refused it; it is due again then. What it refuses (`basic.nack`) may be in some queue all
        /// the same; what it returns is in none, and that says nothing about earlier sendings.
        case failed(reason: String, nextAttemptAt: Instant, mayBeOut: Bool = false)
        /// The lane has not handed it to the broker, and won't: its hold is over, and it is due at once. Whatever else ends
        /// without a record may be with the broker.
        case letGo
    }

    public var key: PublicationKey
    public var at: Instant
    public var result: Result
    /// The hold that ends with it; another's stands. `nil` for a dead letter.
    public var heldUntil: Instant?
    /// The hold that stands again then: `OutboxMessage.heldBefore`. Who ends a hold knows nothing of one before it that ended
    /// without a word, but whether that one was its own.
    public var heldBefore: Instant?

    public init(
        key: PublicationKey, at: Instant, result: Result, heldUntil: Instant? = nil, heldBefore: Instant? = nil
    ) {
        self.key = key
        self.at = at
        self.result = result
        self.heldUntil = heldUntil
        self.heldBefore = heldBefore
    }
}
