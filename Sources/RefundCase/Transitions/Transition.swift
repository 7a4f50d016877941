public import RefundPolicy

/// What an event does to a case.
public enum Transition: Hashable, Sendable {
    /// The next case, and what follows from the step.
    case changed(RefundCase, [Effect])
    /// Already known: nothing is stored and nothing is sent.
    case unchanged
    /// Not possible as the case stands: the message becomes a dead letter.
    case refused(Refusal)
}

/// Why an event can't happen to a case (contract § 3, "Codes").
public enum Refusal: String, Hashable, Sendable, CaseIterable {
    /// The case's state does not allow it.
    case notApplicable = "not_applicable"
    /// An approval of an amount that can't be computed needs one.
    case amountNeeded = "amount_needed"
    /// More than was paid, or in another currency.
    case invalidAmount = "invalid_amount"
}

extension RefundCase {
    /// The next case, and what follows from it (contract § 4). Pure: the same case, event and instant give the same
    /// answer, so that stored events rebuild every case.
    public func apply(_ event: CaseEvent, at now: Instant) -> Transition {
        switch event {
        case .succeeded(let reply): applySuccess(reply, at: now)
        case .failed(let reply): applyFailure(reply, at: now)
        case .withdrawn(let withdrawal): applyWithdrawal(withdrawal, at: now)
        case .reviewed(let review): applyReview(review, at: now)
        case .retried(let retry): applyRetry(retry, at: now)
        case .fellDue(let facts): applyDue(facts, at: now)
        }
    }

    /// A copy that has counted one event more, to be changed and given back.
    func following() -> RefundCase {
        var next = self
        next.eventCount += 1
        return next
    }

    /// Adds a message of this case to `effects`, unless it was told before and is told only once.
    mutating func send(_ message: OutboundMessage, into effects: inout [Effect]) {
        if message.isToldOnce {
            guard !told.contains(message.name) else { return }
            told.append(message.name)
        }
        effects.append(.send(message, at: MessageOrdinal(messageCount)))
        messageCount += 1
    }
}

extension OutboundMessage {
    /// Notices and alerts go out once; commands have keys for that.
    fileprivate var isToldOnce: Bool {
        if case .command = self { false } else { true }
    }

    /// Under which name it is remembered in `told`.
    var name: String {
        switch self {
        case .command(let kind, let key): "\(kind.rawValue)#\(key)"
        case .notice(let kind): kind.rawValue
        case .alert(let cause): "alert/\(cause.name)"
        }
    }
}
