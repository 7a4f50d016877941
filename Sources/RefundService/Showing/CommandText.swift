public import RefundCase
public import RefundPolicy

extension Command {
    /// The last thing that was told and counted: the success by which a key stands, or else the latest word.
    public var lastReply: String {
        guard let key = standingKey ?? keys.last(where: { $0.word != .nothing }) else { return "–" }
        if key.stands, let success = key.latestSuccess {
            return "succeeded\(success.reference.map { ", reference \($0)" } ?? "") at \(success.occurredAt)"
        }
        guard let failure = key.failure else { return "–" }
        return "failed: \(failure.code)\(failure.isRetryable ? " (may be tried again)" : "") at \(failure.occurredAt)"
    }
}

extension RefundCase {
    /// What goes back, or went; `nil` where nothing does, also after an approval was taken back.
    public var shownRefund: Money? {
        state.status == .rejected ? nil : state.fulfilment?.refund
    }

    /// The reasons that hold the case back or rejected it.
    public var shownReasons: ReasonSet {
        if state.fulfilment != nil {
            return state.status == .rejected ? ReasonSet([.rejectedByReview]) : ReasonSet([])
        }
        switch review?.verdict {
        case .reject, .void: return decision.reasons.inserting(.rejectedByReview)
        case .approve, .accessWithdrawn, .close, nil: return decision.reasons
        }
    }
}

extension Command.Progress {
    /// Such as `awaiting reply (in 12m)`.
    public func text(at now: Instant) -> String {
        switch self {
        case .held: "held until the revocation has succeeded, or until it has cooled off"
        case .awaitingReply(let until): "awaiting reply, again \(until.distance(from: now))"
        case .retrying(let at): "sent again \(at.distance(from: now))"
        case .succeeded: "succeeded"
        case .doneByHand: "done by hand"
        case .failed(let trouble): "given up: \(trouble.rawValue)"
        case .ended: "ended: nothing more is sent"
        }
    }
}

extension Payment.Means {
    /// As people say it.
    public var title: String {
        switch self {
        case .payout: "payout"
        case .otherMeans: "other means"
        }
    }
}
