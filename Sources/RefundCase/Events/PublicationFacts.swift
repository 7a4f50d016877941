public import RefundPolicy

/// What the store knows about a case's messages when an event is applied; kept with the event, so that the events alone
/// rebuild the case.
public struct PublicationFacts: Hashable, Sendable {
    /// Where the message of a command's current key is.
    public enum Whereabouts: String, Hashable, Sendable, CaseIterable {
        /// Committed; the broker has never confirmed it, and no worker may have it in its memory.
        case unsent
        /// A worker may have it in its memory, or on its way to the broker.
        case onItsWay = "on_its_way"
        /// The broker may have it, but has not said so; no worker has it any more, and it is to be sent again.
        case inDoubt = "in_doubt"
        /// The broker has confirmed it; also where there is no message.
        case out
    }

    /// When the broker confirmed the final notice (approved, rejected); `nil` while it has not.
    public var answeredAt: Instant?
    public var revocation: Whereabouts
    public var payout: Whereabouts
    /// Some message of the case, of whatever kind, is unconfirmed and may be in a worker's memory.
    public var isAnyOnItsWay: Bool
    /// `payouts.paused` holds.
    public var payoutsArePaused: Bool

    public init(
        answeredAt: Instant? = nil, revocation: Whereabouts = .out, payout: Whereabouts = .out,
        isAnyOnItsWay: Bool = false, payoutsArePaused: Bool = false
    ) {
        self.answeredAt = answeredAt
        self.revocation = revocation
        self.payout = payout
        self.isAnyOnItsWay = isAnyOnItsWay
        self.payoutsArePaused = payoutsArePaused
    }

    public subscript(kind: CommandKind) -> Whereabouts {
        get { kind == .revoke ? revocation : payout }
        set { if kind == .revoke { revocation = newValue } else { payout = newValue } }
    }
}

/// When the broker confirmed the latest sending of each command's current key; `nil` while it has not.
public struct CommandConfirms: Hashable, Sendable {
    public var revocation: Instant?
    public var payout: Instant?

    public init(revocation: Instant? = nil, payout: Instant? = nil) {
        self.revocation = revocation
        self.payout = payout
    }

    public subscript(kind: CommandKind) -> Instant? {
        get { kind == .revoke ? revocation : payout }
        set { if kind == .revoke { revocation = newValue } else { payout = newValue } }
    }
}
