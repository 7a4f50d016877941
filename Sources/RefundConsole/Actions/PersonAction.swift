internal import RefundCase
internal import RefundMessages

/// What a person can say about a case: what goes by the exchange of people.
enum PersonAction: String, CaseIterable, Sendable {
    case approve, reject, retry, close, void
    case accessWithdrawn = "access_withdrawn"

    var title: String {
        switch self {
        case .approve: "Approve"
        case .reject: "Reject"
        case .retry: "Retry"
        case .accessWithdrawn: "Access taken by hand"
        case .close: "Close"
        case .void: "Void"
        }
    }

    /// What it means, in a sentence.
    var meaning: String {
        switch self {
        case .approve: "The refund is made: access is withdrawn, and the money is paid."
        case .reject: "The refund is refused. The customer reads the text for customers, and never the note."
        case .retry: "The unfinished commands are sent again."
        case .accessWithdrawn:
            "The access was taken away by hand: the revocation counts as done, and the payout goes on."
        case .close: "The money went by other means; nothing more is sent to the other systems."
        case .void: "No refund is made after all. It is not possible while a payout is done or unanswered."
        }
    }

    /// The verdict that it is, where it is a review.
    var verdict: Review.Verdict? {
        switch self {
        case .approve: .approve
        case .reject: .reject
        case .accessWithdrawn: .accessWithdrawn
        case .close: .close
        case .void: .void
        case .retry: nil
        }
    }

    /// Whether a note must say why.
    var needsNote: Bool { verdict != nil }
    var takesAmount: Bool { self == .approve || self == .close }

    var type: InboundType { self == .retry ? .retried : .reviewed }

    /// Those that make sense for a case; whether one is possible is told by the decision itself. A withdrawal is the
    /// customer's word, which comes from upstream (contract § 2), and so is none of them.
    static func fitting(_ refundCase: RefundCase) -> [PersonAction] {
        let commands = refundCase.state.fulfilment?.commands ?? []
        func stands(_ kind: CommandKind) -> Bool { commands.contains { $0.kind == kind && $0.stands } }
        let byHand: [PersonAction] = stands(.revoke) ? [] : [.accessWithdrawn]
        let void: [PersonAction] = stands(.payout) ? [] : [.void]
        switch refundCase.state.status {
        case .inReview: return [.approve, .reject, .void]
        case .attention: return [.retry, .close] + byHand + void
        case .approved: return byHand + void
        case .rejected, .settled, .withdrawn: return []
        }
    }
}
