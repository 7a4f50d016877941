import RefundCase
import RefundMessages
import RefundPolicy

/// Where a batch is decided, one delivery after the other: later ones see what earlier ones did.
struct DecisionDesk {
    var decision = BatchDecision()
    var loaded: LoadedCases
    private let policies: PolicyShelf
    let parking: ParkingTerms
    let now: Instant
    private let encoder = OutboundEncoder()
    /// Which change a case has in this batch.
    private var changeOf: [RequestID: Int] = [:]
    /// What is known of the messages of cases that this batch has changed.
    private var factsOf: [RequestID: PublicationFacts] = [:]
    /// Cases that somebody wants to end once nothing of theirs is on its way.
    private var awaitsPublications: Set<RequestID> = []
    /// What the batch says, whatever its order: a withdrawal that comes with its request wins.
    private let company: BatchCompany
    /// The changes of each invoice's cases.
    var changesOn: [String: [ChangedLine]] = [:]
    /// The invoices for which the batch's new requests use each proof of payment, by its mark.
    var invoicesByProof: [Int64: Set<String>] = [:]

    init(
        loaded: LoadedCases, policies: PolicyShelf, parking: ParkingTerms, now: Instant,
        company: BatchCompany = BatchCompany()
    ) {
        self.loaded = loaded
        self.policies = policies
        self.parking = parking
        self.now = now
        self.company = company
    }

    /// What an event comes to.
    enum Outcome {
        /// The case has changed; these are its messages that follow.
        case changed(Int, [MessageOrdinal])
        /// It was known, or is of no case.
        case unchanged
        /// It can't be acted on, now or ever.
        case refused(DeadLetterReason)
        /// It can't be acted on as yet: another time it may.
        case untimely(DeadLetterReason)
    }

    /// Decides a delivery.
    mutating func decide(_ message: InboundMessage, from delivery: InboundDelivery) {
        let outcome = outcome(
            of: message, body: delivery.wholeBody, traceparent: delivery.traceparent,
            isRedelivered: delivery.isRedelivered)
        switch outcome {
        case .changed(let index, let ordinals): decision.verdicts.append(.publish(change: index, ordinals))
        case .unchanged: decision.verdicts.append(.unchanged)
        case .refused(let reason): bury(delivery, requestID: message.requestID, because: reason)
        case .untimely(let reason): park(delivery, message, because: reason)
        }
    }

    /// Lets a message act on its case, and puts what follows among the changes.
    mutating func outcome(
        of message: InboundMessage, body: [UInt8], traceparent: String?, isRedelivered: Bool = false
    ) -> Outcome {
        switch message {
        case .requested(let request): outcome(of: request, body: body, traceparent: traceparent)
        case .paused(let pause): outcome(of: pause, isRedelivered: isRedelivered)
        case .resumed(let resumption): outcome(of: resumption, isRedelivered: isRedelivered)
        case .event(let event, let id):
            if let word = message.word {
                outcome(of: event, saying: word, on: id, body: body)
            } else {
                outcome(of: event, on: id, body: body, isRedelivered: isRedelivered)
            }
        }
    }

    /// A request: opens a case, or is known, or conflicts with the one of that id.
    private mutating func outcome(of request: RefundRequest, body: [UInt8], traceparent: String?) -> Outcome {
        if let index = changeOf[request.id] {
            return decision.changes.cases[index].refundCase.outcome(of: request, body: body)
        }
        guard let known = loaded.cases[request.id] else {
            if let archived = loaded.archived[request.id] { return archived.outcome(of: request, body: body) }
            return open(request, body: body, traceparent: traceparent)
        }
        switch known.refundCase {
        case .failure(let reason): return .untimely(reason)
        case .success(let refundCase): return refundCase.outcome(of: request, body: body)
        }
    }

    /// A reply: each word of it counts once, in the order of arrival.
    private mutating func outcome(
        of event: CaseEvent, saying word: SaidWord, on id: RequestID, body: [UInt8]
    ) -> Outcome {
        guard !loaded.said.contains(word) else { return .unchanged }
        if let refundCase = refundCase(of: id), !refundCase.hasRoomForReplies {
            return .refused(.tooManyEvents(count: refundCase.eventCount))
        }
        let outcome = apply(event, on: id, body: body)
        switch outcome {
        case .changed, .unchanged:
            loaded.said.insert(word)
            decision.changes.words.append(word)
        case .refused, .untimely: break
        }
        return outcome
    }

    /// What a person or the customer says about a case.
    private mutating func outcome(
        of event: CaseEvent, on id: RequestID, body: [UInt8], isRedelivered: Bool
    ) -> Outcome {
        if let act = Act(event, on: id) {
            return self.act(act, isRedelivered: isRedelivered) { $0.apply(event, on: id, body: body) }
        }
        if case .withdrawn = event, company.requests.contains(id), isUnknown(id) {
            // The request follows in this batch, and is opened with it.
            return .unchanged
        }
        return apply(event, on: id, body: body)
    }

    private func isUnknown(_ id: RequestID) -> Bool {
        changeOf[id] == nil && loaded.cases[id] == nil && loaded.archived[id] == nil
    }

    /// The case as it stands in this batch; `nil` where it is unknown or can't be read.
    private func refundCase(of id: RequestID) -> RefundCase? {
        if let index = changeOf[id] { return decision.changes.cases[index].refundCase }
        return try? loaded.cases[id]?.refundCase.get()
    }

    /// An event of a case that is stored or was opened in this batch.
    private mutating func apply(_ event: CaseEvent, on id: RequestID, body: [UInt8]) -> Outcome {
        guard let before = refundCase(of: id) else {
            if case .failure(let reason) = loaded.cases[id]?.refundCase { return .untimely(reason) }
            if let archived = loaded.archived[id] { return archived.outcome(of: event) }
            return .untimely(.unknownRequest)
        }
        if let reason = objection(to: event, on: before) { return .refused(reason) }
        let facts = facts(of: id)
        switch before.apply(event, knowing: facts, at: now) {
        case .unchanged, .waits: return .unchanged
        case .refused(let refusal): return .refused(DeadLetterReason(refusal, status: before.state.status))
        case .notYet: return .untimely(.publicationsOnTheirWay)
        case .changed(let after, let effects):
            let stored = StoredEvent(event, knowing: facts, at: now, body: body)
            let (index, ordinals) = advance(id, from: before, to: after, event: stored, effects: effects)
            return .changed(index, ordinals)
        }
    }

    /// What is known of a case's messages, those of this batch included.
    private func facts(of id: RequestID) -> PublicationFacts {
        var facts = factsOf[id] ?? loaded.cases[id]?.facts ?? PublicationFacts.nothingSent
        facts.payoutsArePaused = loaded.brake.pause != nil
        return facts
    }

    /// Lets time do its work on the cases whose time has come. One that this batch has changed waits for the next: what
    /// the store knew to be out was before that change.
    mutating func actOnDue() {
        for id in loaded.due where changeOf[id] == nil && !awaitsPublications.contains(id) {
            guard let known = loaded.cases[id] else { continue }
            switch known.refundCase {
            case .failure:
                // It must not stand in the way of others for ever; after a while it is looked at again.
                decision.changes.postponements.append(CasePostponement(id: known.id, until: now + .seconds(60)))
                decision.unreadable.append(id)
            case .success(let refundCase): fallDue(refundCase, known)
            }
        }
    }

    /// What waits for the broker is only looked at later, so that a long pause or outage fills no case with events.
    private mutating func fallDue(_ before: RefundCase, _ known: LoadedCase) {
        let facts = before.waitingForReplies(facts(of: before.id), confirmed: known.confirms, at: now)
        switch before.apply(.fellDue, knowing: facts, at: now) {
        case .changed(let after, let effects):
            let stored = StoredEvent(.fellDue, knowing: facts, at: now, body: [])
            let (index, _) = advance(before.id, from: before, to: after, event: stored, effects: effects)
            decision.fallenDue.append(index)
        case .waits(let until):
            decision.changes.postponements.append(CasePostponement(id: known.id, until: until))
        case .unchanged, .refused, .notYet:
            // The row says what the case does not: it would be found at each look, for ever.
            guard before.dueAt.map({ $0 > now }) ?? true else { return }
            decision.changes.postponements.append(CasePostponement(id: known.id, until: before.dueAt))
        }
    }

    /// A case that was changed after it was held is looked at when it says so itself, and never before its hold is over.
    mutating func settlePostponements() {
        guard !decision.changes.postponements.isEmpty else { return }
        var dueAt: [CaseID: Instant?] = [:]
        for change in decision.changes.cases {
            if let id = change.id { dueAt[id] = .some(change.refundCase.dueAt) }
        }
        decision.changes.postponements.removeAll { postponement in
            guard let own = dueAt[postponement.id] else { return false }
            guard let own, let until = postponement.until else { return true }
            return own >= until
        }
    }

    /// Keeps a case from sending anything anew while somebody's word on it waits for what is on its way.
    mutating func hold(_ id: RequestID, until: Instant) {
        guard changeOf[id] == nil, let known = loaded.cases[id] else { return }
        awaitsPublications.insert(id)
        // One that is not due before needs no look of its own.
        guard let dueAt = try? known.refundCase.get().dueAt, dueAt < until else { return }
        decision.changes.postponements.append(CasePostponement(id: known.id, until: until))
    }

    /// Leaves a case whose time has come alone for a while.
    mutating func postpone(_ id: RequestID) {
        guard let known = loaded.cases[id] else { return }
        decision.changes.postponements.append(CasePostponement(id: known.id, until: now + .seconds(60)))
        decision.putOff.append(id)
    }

    /// Sends a delivery to `refund.dead`.
    mutating func bury(_ delivery: InboundDelivery, requestID: RequestID?, because reason: DeadLetterReason) {
        decision.changes.deadLetters.append(
            DeadLetterNote(
                at: now, code: reason.code, detail: reason.detail, sourceQueue: delivery.source.rawValue,
                messageID: delivery.messageID, requestID: requestID))
        decision.verdicts.append(.deadLetter(reason))
    }

    private mutating func open(_ request: RefundRequest, body: [UInt8], traceparent: String?) -> Outcome {
        let policy = policies.version(forInvoiceIssuedOn: request.invoice.issuedOn)
        let withdrawal = loaded.withdrawals[request.id]?.withdrawal ?? company.withdrawals[request.id]
        let (opened, effects) = RefundCase.open(
            request, policy: policy.version, standing: standing(of: request), withdrawal: withdrawal,
            traceparent: traceparent, at: now)
        let index = decision.changes.cases.count
        changeOf[request.id] = index
        factsOf[request.id] = PublicationFacts.nothingSent.following(effects)
        decision.changes.parking.awaited.append(request.id)
        let messages = newMessages(effects, of: opened)
        decision.changes.cases.append(
            CaseChange(
                id: nil, refundCase: opened, policy: policy, firstEvent: 0,
                events: [.opening(of: opened, withdrawal: withdrawal, body: body)], messages: messages))
        noteLine(ofChange: index, before: nil)
        return .changed(index, messages.map(\.ordinal))
    }

    private mutating func advance(
        _ id: RequestID, from before: RefundCase, to after: RefundCase, event: StoredEvent, effects: [Effect]
    ) -> (index: Int, [MessageOrdinal]) {
        factsOf[id] = facts(of: id).following(effects)
        let messages = newMessages(effects, of: after)
        let resends = effects.compactMap { effect in
            if case .resend(_, let ordinal, let attempt) = effect {
                Resend(ordinal: ordinal, attempt: attempt)
            } else {
                nil
            }
        }
        let takenBack = effects.compactMap { effect in
            if case .takeBack(_, let ordinal) = effect { ordinal } else { nil }
        }
        let cancelled = effects.compactMap { effect in
            if case .cancel(_, let ordinal) = effect { ordinal } else { nil }
        }
        let index: Int
        if let known = changeOf[id] {
            index = known
            decision.changes.cases[index].refundCase = after
            decision.changes.cases[index].events.append(event)
            decision.changes.cases[index].messages += messages
            // Of what is said of one message the last counts.
            let resent = resends.map(\.ordinal)
            decision.changes.cases[index].resends.removeAll { (takenBack + cancelled + resent).contains($0.ordinal) }
            decision.changes.cases[index].takenBack.removeAll { resent.contains($0) }
            decision.changes.cases[index].cancelled.removeAll { resent.contains($0) }
            decision.changes.cases[index].resends += resends
            for ordinal in takenBack where !decision.changes.cases[index].takenBack.contains(ordinal) {
                decision.changes.cases[index].takenBack.append(ordinal)
            }
            for ordinal in cancelled where !decision.changes.cases[index].cancelled.contains(ordinal) {
                decision.changes.cases[index].cancelled.append(ordinal)
            }
        } else {
            index = decision.changes.cases.count
            changeOf[id] = index
            decision.changes.cases.append(
                CaseChange(
                    id: loaded.cases[id]?.id, refundCase: after, policy: nil, firstEvent: before.eventCount,
                    events: [event], messages: messages, resends: resends, takenBack: takenBack, cancelled: cancelled))
            decision.changes.cases[index].grantedBefore = before.granted.minorUnits
            decision.changes.cases[index].paidAfterEndBefore = before.paidAfterEnd.minorUnits
        }
        noteLine(ofChange: index, before: before)
        return (index, messages.map(\.ordinal) + resends.map(\.ordinal))
    }

    private func newMessages(_ effects: [Effect], of refundCase: RefundCase) -> [NewMessage] {
        effects.compactMap { effect in
            guard case .send(let message, let ordinal) = effect else { return nil }
            return NewMessage(
                ordinal: ordinal, encoded: encoder.encode(message, of: refundCase, at: now), createdAt: now)
        }
    }
}

extension InboundDelivery {
    /// The bytes of a message that could be read.
    var wholeBody: [UInt8] {
        if case .whole(let body) = body { body } else { [] }
    }
}

extension DeadLetterReason {
    /// What a refused event becomes.
    init(_ refusal: Refusal, status: CaseStatus) {
        switch refusal {
        case .notApplicable: self = .notApplicable(status: status.rawValue)
        case .amountNeeded: self = .amountNeeded
        case .invalidAmount:
            self = .invalidAmount(
                path: "amount", problem: "must be at most what is owed and, in a close, not zero; in the same currency")
        }
    }
}
