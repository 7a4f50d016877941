public import RefundCase
public import RefundMessages
public import RefundPolicy

/// What a worker would do with one message if it took it now: the decision itself, of which nothing is stored or sent.
public enum Trial: Hashable, Sendable {
    /// The case would change, or a new one be opened.
    case changed(Consequence)
    /// It is known already.
    case unchanged
    /// It would be a dead letter.
    case refused(DeadLetterReason)
    /// It would be parked, and be a dead letter unless that changes.
    case untimely(DeadLetterReason)

    /// What would be decided, and what sent.
    public struct Consequence: Hashable, Sendable {
        /// `nil` for a new case.
        public var before: RefundCase?
        public var after: RefundCase
        /// New messages, in the order in which they would be sent.
        public var messages: [EncodedMessage]
        /// Earlier messages that would be sent once more.
        public var resends: [Resend]
    }

    /// - Parameters:
    ///   - known: what the store holds of the message's case and line.
    ///   - now: when it would be decided.
    public init(
        of message: InboundMessage, body: [UInt8], known: LoadedCases, under policies: PolicyShelf, at now: Instant
    ) {
        var desk = DecisionDesk(loaded: known, policies: policies, parking: ParkingTerms(), now: now)
        switch desk.outcome(of: message, body: body, traceparent: nil) {
        case .changed(let index, _):
            let change = desk.decision.changes.cases[index]
            self = .changed(
                Consequence(
                    before: message.requestID.flatMap { try? known.cases[$0]?.refundCase.get() },
                    after: change.refundCase,
                    messages: change.messages.map(\.encoded), resends: change.resends))
        case .unchanged: self = .unchanged
        case .refused(let reason): self = .refused(reason)
        case .untimely(let reason): self = .untimely(reason)
        }
    }
}

extension CaseSurvey {
    /// What a worker that takes a message would load with it.
    public func known(for message: InboundMessage) throws(StoreError) -> LoadedCases {
        var known = LoadedCases()
        known.brake = try brake()
        guard let id = message.requestID else { return known }
        if let history = try history(of: id) {
            known.cases[id] = LoadedCase(history)
        } else if let archived = try archived(id) {
            known.archived[id] = archived
        }
        switch message {
        case .requested(let request): try look(around: request, into: &known)
        case .event(.reviewed, _):
            if let request = try? known.cases[id]?.refundCase.get().request { try look(around: request, into: &known) }
        case .event, .paused, .resumed: break
        }
        return known
    }

    /// What other cases have done with a request's line and its invoice: as it was when the request was decided where it
    /// has a case, else as a worker would see it now.
    public func standing(of request: RefundRequest) throws(StoreError) -> InvoiceLine.Standing {
        if let history = try history(of: request.id) { return history.refundCase.standing }
        var known = LoadedCases()
        try look(around: request, into: &known)
        return DecisionDesk(
            loaded: known, policies: PolicyShelf(.standard), parking: ParkingTerms(),
            now: Instant(microsecondsSinceEpoch: 0)
        ).standing(of: request)
    }

    private func look(around request: RefundRequest, into known: inout LoadedCases) throws(StoreError) {
        let found = try surroundings(of: request.line, proof: request.proofUse)
        known.lines.merge(found.lines) { $1 }
        known.accounts.merge(found.accounts) { $1 }
        known.reusedProofs.formUnion(found.reusedProofs)
    }
}

extension LoadedCase {
    /// A case as it was read whole, for trials of messages.
    public init(_ history: CaseHistory) {
        let open = history.messages.filter { sent in
            sent.confirmedAt == nil && sent.lastError != CaseChange.takenBackReason
        }
        var facts = PublicationFacts(isAnyOnItsWay: !open.isEmpty)
        for kind in CommandKind.allCases {
            let current = history.refundCase.state.fulfilment?[kind]?.message
            if open.contains(where: { $0.message.key.ordinal == current }) { facts[kind] = .onItsWay }
        }
        self.init(id: history.id, refundCase: .success(history.refundCase), facts: facts)
    }
}
