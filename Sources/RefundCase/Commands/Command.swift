public import RefundPolicy

/// One command of a case: which key is out, how often it was sent, and what the other side said.
public struct Command: Hashable, Sendable {
    public enum Progress: Hashable, Sendable {
        /// Not sent yet: it waits for the revocation (policy `payout: after_revocation`).
        case held
        /// Sent. Without a reply by then it is sent again, byte for byte.
        case awaitingReply(until: Instant)
        /// The other side said that it failed and may be tried again: the next key goes out then.
        case retrying(at: Instant)
        case succeeded
        /// Nothing more is sent until a person says so.
        case failed(Trouble)
    }

    /// Why a command is given up.
    public enum Trouble: String, Hashable, Sendable, CaseIterable {
        /// The other side refused for good, or failed at the last attempt.
        case failed
        /// No reply to the last attempt.
        case unanswered
        /// It failed after it had succeeded.
        case bounced
    }

    public let kind: CommandKind
    /// The `n` of the idempotency key, from 1; it grows only after the other side has said that `n` failed.
    public var key: Int
    /// When the current key was issued; part of the body.
    public var issuedAt: Instant
    /// How often it was sent since the case was approved or last retried, over all keys.
    public var attempts: Int
    /// How often the current key's message was sent; what the header `attempt` tells, and so never reset for a message.
    public var sendings: Int
    public var progress: Progress
    /// The latest success that the other side told, if any.
    public var success: Success?
    /// The latest failure that the other side told, if any.
    public var failure: Failure?
    /// When the other side last told each earlier key to have failed, from key 1, by its own clock.
    public var earlierFailures: [Instant]
    /// Whether a key before the current one was sent more than once, so that copies of it may still be under way.
    public var earlierWasResent: Bool
    /// The latest failure that named no key and may have been about such a copy.
    public var unclearFailureAt: Instant?
    /// Where the current key's message stands among the case's messages; `nil` while held.
    public var message: MessageOrdinal?

    public init(
        kind: CommandKind, key: Int, issuedAt: Instant, attempts: Int, sendings: Int, progress: Progress,
        success: Success? = nil, failure: Failure? = nil, earlierFailures: [Instant] = [],
        earlierWasResent: Bool = false, unclearFailureAt: Instant? = nil, message: MessageOrdinal? = nil
    ) {
        self.kind = kind
        self.key = key
        self.issuedAt = issuedAt
        self.attempts = attempts
        self.sendings = sendings
        self.progress = progress
        self.success = success
        self.failure = failure
        self.earlierFailures = earlierFailures
        self.earlierWasResent = earlierWasResent
        self.unclearFailureAt = unclearFailureAt
        self.message = message
    }

    public var hasSucceeded: Bool { progress == .succeeded }

    /// When the command needs attention by itself, if ever.
    public var dueAt: Instant? {
        switch progress {
        case .awaitingReply(let until): until
        case .retrying(let at): at
        case .held, .succeeded, .failed: nil
        }
    }
}

/// The other side did it.
public struct Success: Hashable, Sendable {
    public var key: Int
    /// When it was done, as it was first told.
    public var occurredAt: Instant
    /// The latest moment at which the key was told to have succeeded: a failure from before it does not count.
    public var latestAt: Instant
    /// The other side's own name for what it did.
    public var reference: String?

    public init(key: Int, occurredAt: Instant, latestAt: Instant? = nil, reference: String?) {
        self.key = key
        self.occurredAt = occurredAt
        self.latestAt = latestAt ?? occurredAt
        self.reference = reference
    }
}

/// The other side could not do it.
public struct Failure: Hashable, Sendable {
    public var key: Int
    public var occurredAt: Instant
    public var code: String
    public var message: String?
    public var isRetryable: Bool

    public init(key: Int, occurredAt: Instant, code: String, message: String?, isRetryable: Bool) {
        self.key = key
        self.occurredAt = occurredAt
        self.code = code
        self.message = message
        self.isRetryable = isRetryable
    }
}

/// The place of a message among all that its case has sent, from 0.
public struct MessageOrdinal: Hashable, Sendable, Comparable {
    public let number: Int

    public init(_ number: Int) {
        self.number = number
    }

    public static func < (left: MessageOrdinal, right: MessageOrdinal) -> Bool {
        left.number < right.number
    }
}
