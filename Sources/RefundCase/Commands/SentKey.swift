public import RefundPolicy

/// One idempotency key of a command, and what the other side has told of it, in the order of arrival (contract § 4).
public struct SentKey: Hashable, Sendable {
    /// The last thing that was told and counted.
    public enum Word: String, Hashable, Sendable, CaseIterable {
        case nothing, failure, success
    }

    /// When the key was issued; part of the command's body.
    public var issuedAt: Instant
    /// Where its message stands among the case's messages.
    public var message: MessageOrdinal
    /// How often its message was sent, from 1; what the header `attempt` tells.
    public var sendings: Int
    public var word: Word
    /// The first success that was told of it, which contradictions are judged by; `nil` before one was.
    public var firstSuccess: ToldSuccess?
    /// The success by which it came to stand the last time.
    public var latestSuccess: ToldSuccess?
    /// The last failure that counted.
    public var failure: Failure?
    /// How often it failed after it had stood.
    public var bounces: Int

    public init(
        issuedAt: Instant, message: MessageOrdinal, sendings: Int = 1, word: Word = .nothing,
        firstSuccess: ToldSuccess? = nil, latestSuccess: ToldSuccess? = nil, failure: Failure? = nil, bounces: Int = 0
    ) {
        self.issuedAt = issuedAt
        self.message = message
        self.sendings = sendings
        self.word = word
        self.firstSuccess = firstSuccess
        self.latestSuccess = latestSuccess
        self.failure = failure
        self.bounces = bounces
    }

    /// A key whose last word is success stands.
    public var stands: Bool { word == .success }
}

/// A success as it was told, and the instant that everything told or computed goes by.
public struct ToldSuccess: Hashable, Sendable {
    /// What the sender's clock said; shown to people, and nothing else.
    public var occurredAt: Instant
    /// `occurredAt` where that is in range, else when it arrived (contract § 4).
    public var countedAt: Instant
    /// The other side's own name for what it did.
    public var reference: String?

    public init(occurredAt: Instant, countedAt: Instant, reference: String?) {
        self.occurredAt = occurredAt
        self.countedAt = countedAt
        self.reference = reference
    }

    /// Whether the sender's clock was in range.
    public var isInRange: Bool { occurredAt == countedAt }
}

extension Command {
    /// Whether a sender's clock may be believed: from five minutes before the command's first sending to five minutes
    /// after the arrival, both excluded (contract § 4).
    func isInRange(_ occurredAt: Instant, arrivedAt now: Instant) -> Bool {
        guard let first = keys.first?.issuedAt else { return false }
        return occurredAt > first - .seconds(300) && occurredAt < now + .seconds(300)
    }
}
