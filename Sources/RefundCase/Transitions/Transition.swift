public import RefundPolicy

/// What an event does to a case.
public enum Transition: Hashable, Sendable {
    /// The next case, and what follows from the step.
    case changed(RefundCase, [Effect])
    /// Nothing is stored and nothing is sent.
    case unchanged
    /// Nothing to do before that instant: what is due waits for what the broker has not got as yet. No event is made of it.
    case waits(until: Instant)
    /// Not possible as the case stands: the message becomes a dead letter.
    case refused(Refusal)
    /// Possible once every publication of the case is confirmed, returned or taken back (contract § 4, `close`).
    case notYet
}

/// Why an event can't happen to a case (contract § 3, "Codes").
public enum Refusal: String, Hashable, Sendable, CaseIterable {
    /// The case's state does not allow it.
    case notApplicable = "not_applicable"
    /// An approval of an amount that can't be computed needs one.
    case amountNeeded = "amount_needed"
    /// More than is left or owed, or in another currency.
    case invalidAmount = "invalid_amount"
}

extension RefundCase {
    /// At this many events a person is called: something keeps happening to the case.
    public static let manyEvents = 1_000

    /// From that many events or messages on no reply is taken any more, so that people and deadlines always have room
    /// among the 65,536 places of each that a store has.
    public static let mostEventsByReplies = 60_000

    /// Whether one more reply may be applied.
    public var hasRoomForReplies: Bool {
        eventCount < RefundCase.mostEventsByReplies && messageCount < RefundCase.mostEventsByReplies
    }

    /// The next case, and what follows from it (contract § 4). Pure: the same case, event, facts and instant give the same
    /// answer, so that stored events rebuild every case.
    ///
    /// What was said before must not be applied again: whoever calls remembers the words of replies and the ids of actions.
    public func apply(_ event: CaseEvent, knowing facts: PublicationFacts, at now: Instant) -> Transition {
        let transition =
            switch event {
            case .succeeded(let reply): applySuccess(reply, knowing: facts, at: now)
            case .failed(let reply): applyFailure(reply, knowing: facts, at: now)
            case .withdrawn: applyWithdrawal(at: now)
            case .reviewed(let review): applyReview(review, knowing: facts, at: now)
            case .retried: applyRetry(at: now)
            case .fellDue: applyDue(knowing: facts, at: now)
            }
        guard case .changed(var next, var effects) = transition, next.eventCount == RefundCase.manyEvents else {
            return transition
        }
        next.send(.manyEvents, into: &effects)
        return .changed(next, effects)
    }

    /// A copy that has counted one event more, to be changed and given back.
    func following() -> RefundCase {
        var next = self
        next.eventCount += 1
        return next
    }

    /// Tells the customer, unless that is told only once and was.
    mutating func send(_ kind: NoticeKind, into effects: inout [Effect]) {
        guard !kind.isToldOnce || !told.contains(kind.rawValue) else { return }
        append(.notice(kind, number: told.count(kind.rawValue)), to: &effects)
    }

    /// Calls the operators, unless that is told only once and was.
    mutating func send(_ cause: AlertCause, into effects: inout [Effect]) {
        let name = "alert/\(cause.name)"
        guard !cause.isToldOnce || !told.contains(name) else { return }
        append(.alert(cause, number: told.count(name)), to: &effects)
    }

    /// Adds a message of this case to `effects`.
    mutating func append(_ message: OutboundMessage, to effects: inout [Effect]) {
        effects.append(.send(message, at: MessageOrdinal(messageCount)))
        messageCount += 1
    }
}
