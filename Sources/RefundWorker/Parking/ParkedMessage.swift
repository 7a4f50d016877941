public import RefundMessages
public import RefundPolicy

/// A message that could be read but not acted on when it came: its request is unknown as yet, or something of ours
/// failed that may be mended. The store keeps it, and it is tried again with growing waits (contract § 3,
/// `unknown_request`).
public struct ParkedMessage: Hashable, Sendable {
    public var id: ParkedID
    public var delivery: KeptDelivery
    public var parkedAt: Instant
    public var standing: ParkedStanding

    public init(id: ParkedID, delivery: KeptDelivery, parkedAt: Instant, standing: ParkedStanding) {
        self.id = id
        self.delivery = delivery
        self.parkedAt = parkedAt
        self.standing = standing
    }
}

/// A parked message's identity in its store; later ones have higher numbers.
public struct ParkedID: Hashable, Sendable {
    public let number: Int64

    public init(_ number: Int64) {
        self.number = number
    }
}

/// A delivery as it is kept: enough to act on it later, and to hand it on to `refund.dead` as it came.
public struct KeptDelivery: Hashable, Sendable {
    /// `nil` where it is about none, or can't be read: only what is given up is kept so.
    public var requestID: RequestID?
    /// `nil` where it is of no known type: as above.
    public var type: InboundType?
    public var source: SourceQueue
    /// `InboundDelivery.user`
    public var user: String?
    public var messageID: String?
    public var traceparent: String?
    public var body: [UInt8]
    /// `DeliveryEnvelope.encoded`; empty where nothing came with the body.
    public var envelope: [UInt8]

    public init(
        requestID: RequestID?, type: InboundType?, source: SourceQueue, user: String? = nil, messageID: String?,
        traceparent: String?,
        body: [UInt8], envelope: [UInt8]
    ) {
        self.requestID = requestID
        self.type = type
        self.source = source
        self.user = user
        self.messageID = messageID
        self.traceparent = traceparent
        self.body = body
        self.envelope = envelope
    }
}

extension KeptDelivery {
    /// What it says; `nil` where it can't be read any more. What was accepted once is read again under no limit.
    public var message: InboundMessage? {
        guard let type else { return nil }
        let limits = InboundLimits(bodySize: .max, clockSkew: .seconds(1 << 40))
        return try? InboundDecoder(limits: limits).decode(
            body, as: type, sentBy: user, at: Instant(microsecondsSinceEpoch: 0))
    }

    /// What a reply says, which must be loaded with the message; `nil` for any other message.
    public var word: SaidWord? { message?.word }

    /// The act that a person's message is, which must be loaded with the message; `nil` for any other message.
    public var actionID: ActionID? { message?.actionID }

    /// The line that a request is about, which must be loaded with the message; `nil` for any other message.
    public var line: InvoiceLine? { request?.line }

    /// What the request's proof stands for; `nil` for any other message.
    public var proofUse: ProofUse? { request?.proofUse }

    private var request: RefundRequest? {
        guard type == .requested else { return nil }
        return try? InboundDecoder().decodeStoredRequest(body)
    }
}

/// Why a message is parked, and what comes next.
public struct ParkedStanding: Hashable, Sendable {
    /// How often it was tried, from 1.
    public var attempts: Int
    /// The code of what was in its way the last time (contract § 3, "Codes").
    public var code: String
    public var detail: String
    /// Since when it is given up, and on its way to `refund.dead`; `nil` while it is still tried.
    public var deadAt: Instant?
    /// When it is due: to be tried again, or for its publication as a dead letter.
    public var nextAt: Instant

    public init(attempts: Int, code: String, detail: String, deadAt: Instant?, nextAt: Instant) {
        self.attempts = attempts
        self.code = code
        self.detail = detail
        self.deadAt = deadAt
        self.nextAt = nextAt
    }
}
