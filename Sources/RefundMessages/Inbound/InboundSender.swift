public import RefundCase

/// Who may say what: each kind of sender has an exchange of its own, on which nobody else may write (contract § 2).
public enum InboundSender: String, Hashable, Sendable, CaseIterable {
    /// Upstream systems.
    case intake
    /// Operators' tools and the console.
    case people
    /// The access system.
    case access
    /// The payout system.
    case payout

    /// Whether a message of that type may come from here.
    public func maySend(_ type: InboundType) -> Bool {
        switch type {
        case .requested, .withdrawn: self == .intake
        case .reviewed, .retried, .payoutsPaused, .payoutsResumed: self == .people
        case .succeeded, .failed: self == .access || self == .payout
        }
    }

    /// Whether a message may come from here: a reply only about a command of the sender's own kind.
    public func maySend(_ message: InboundMessage) -> Bool {
        switch message {
        case .requested, .event(.withdrawn, _): self == .intake
        case .event(.reviewed, _), .event(.retried, _), .paused, .resumed: self == .people
        case .event(.succeeded(let reply), _): self == InboundSender(answering: reply.kind)
        case .event(.failed(let reply), _): self == InboundSender(answering: reply.kind)
        case .event(.fellDue, _): false
        }
    }

    /// Who answers a command.
    public init(answering kind: CommandKind) {
        self = kind == .revoke ? .access : .payout
    }

    /// Whether a dead letter of this sender's may be sent again by somebody else: what a person said, a person says again.
    public var mayBeReplayed: Bool { self != .people }
}
