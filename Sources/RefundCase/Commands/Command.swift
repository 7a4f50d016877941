public import RefundPolicy

/// One command of a case: every key that was sent, what was told of each, and what comes next.
public struct Command: Hashable, Sendable {
    public enum Progress: Hashable, Sendable {
        /// Not sent yet: it waits for the revocation (policy `payout: after_revocation`) or for the end of `cooling_off`.
        case held
        /// Sent. Without a reply by then it is sent again, byte for byte.
        case awaitingReply(until: Instant)
        /// The other side said that it failed and may be tried again: the next key goes out then.
        case retrying(at: Instant)
        /// A key stands: nothing more is sent.
        case succeeded
        /// A person has done it by hand, or has taken it over by closing the case: nothing more is sent.
        case doneByHand
        /// Nothing more is sent until a person says so.
        case failed(Trouble)
        /// The case was closed or voided: nothing more is sent, whatever is told later.
        case ended
    }

    /// Why a command is given up.
    public enum Trouble: String, Hashable, Sendable, CaseIterable {
        /// The other side refused for good, or failed at the last attempt.
        case failed
        /// No reply to the last attempt.
        case unanswered
        /// It failed after it had succeeded.
        case bounced
        /// It was held, and its money's currency was withdrawn meanwhile; no key was sent.
        case currencyWithdrawn = "currency_withdrawn"
    }

    public let kind: CommandKind
    /// Every key that was committed for sending, from key 1; empty while held.
    public var keys: [SentKey]
    /// How often it was sent since the case was approved or last retried, over all keys.
    public var attempts: Int
    public var progress: Progress
    /// It has bounced since a person last retried it: no new key goes out by itself (contract § 4, "Fine points").
    public var awaitsPerson: Bool

    public init(
        kind: CommandKind, keys: [SentKey] = [], attempts: Int = 0, progress: Progress = .held,
        awaitsPerson: Bool = false
    ) {
        self.kind = kind
        self.keys = keys
        self.attempts = attempts
        self.progress = progress
        self.awaitsPerson = awaitsPerson
    }

    /// The number of the current key, from 1; 0 while none was sent.
    public var key: Int { keys.count }

    /// The current key; `nil` while none was sent.
    public var current: SentKey? { keys.last }

    /// Where the current key's message stands among the case's messages; `nil` while none was sent.
    public var message: MessageOrdinal? { keys.last?.message }

    /// Whether the last word of some key is success.
    public var stands: Bool { keys.contains(where: \.stands) }

    /// Whether nothing is left to do: a key stands, or a person did it.
    public var isDone: Bool { stands || progress == .doneByHand }

    /// The number of the current key if nothing was told of it yet; `nil` otherwise.
    public var unansweredKey: Int? { keys.last?.word == .nothing ? key : nil }

    /// The first key that stands; `nil` when none does.
    public var standingKey: SentKey? { keys.first(where: \.stands) }

    /// When the command needs attention by itself, if ever.
    public var dueAt: Instant? {
        switch progress {
        case .awaitingReply(let until): until
        case .retrying(let at): at
        case .held, .succeeded, .doneByHand, .failed, .ended: nil
        }
    }

    /// The place of that key in `keys`; `nil` for one that was never sent.
    func place(of number: Int) -> Int? { keys.indices.contains(number - 1) ? number - 1 : nil }
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
