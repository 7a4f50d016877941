import RefundCase
import RefundMessages
import RefundPolicy

/// Where a batch is decided, one delivery after the other: later ones see what earlier ones did.
struct DecisionDesk {
    var decision = BatchDecision()
    private(set) var loaded: LoadedCases
    private let policies: PolicyShelf
    let parking: ParkingTerms
    let now: Instant
    private let encoder = OutboundEncoder()
    /// Which change a case has in this batch.
    private var changeOf: [RequestID: Int] = [:]

    init(loaded: LoadedCases, policies: PolicyShelf, parking: ParkingTerms, now: Instant) {
        self.loaded = loaded
        self.policies = policies
        self.parking = parking
        self.now = now
    }

    /// What an event comes to.
    enum Outcome {
        /// The case has changed; these are its messages that follow.
        case changed(Int, [MessageOrdinal])
        /// Known already; these of the case's messages are still unsent.
        case unchanged([OutboxMessage])
        /// It can't be acted on, now or ever.
        case refused(DeadLetterReason)
        /// It can't be acted on as yet: another time it may.
        case untimely(DeadLetterReason)
    }

    /// Decides a delivery.
    mutating func decide(_ message: InboundMessage, from delivery: InboundDelivery) {
        switch outcome(of: message, body: delivery.wholeBody, traceparent: delivery.traceparent) {
        case .changed(let index, let ordinals): decision.verdicts.append(.publish(change: index, ordinals))
        case .unchanged(let unsent): decision.verdicts.append(.repeated(unsent))
        case .refused(let reason): bury(delivery, requestID: message.requestID, because: reason)
        case .untimely(let reason): park(delivery, requestID: message.requestID, because: reason)
        }
    }

    /// Lets a message act on its case, and puts what follows among the changes.
    mutating func outcome(of message: InboundMessage, body: [UInt8], traceparent: String?) -> Outcome {
        switch message {
        case .requested(let request): outcome(of: request, body: body, traceparent: traceparent)
        case .event(let event, let id): outcome(of: event, on: id, body: body)
        }
    }

    /// A request: opens a case, or is known, or conflicts with the one of that id.
    private mutating func outcome(of request: RefundRequest, body: [UInt8], traceparent: String?) -> Outcome {
        if let index = changeOf[request.id] {
            let isKnown = decision.changes.cases[index].refundCase.request == request
            return isKnown ? .unchanged(unsent(of: request.id)) : .refused(.requestIDConflict)
        }
        guard let known = loaded.cases[request.id] else {
            if let archived = loaded.archived[request.id] { return archived.outcome(of: request) }
            return open(request, body: body, traceparent: traceparent)
        }
        switch known.refundCase {
        case .failure(let reason): return .untimely(reason)
        case .success(let refundCase):
            return refundCase.request == request ? .unchanged(known.unsent) : .refused(.requestIDConflict)
        }
    }

    /// An event of a case that is stored or was opened in this batch.
    private mutating func outcome(of event: CaseEvent, on id: RequestID, body: [UInt8]) -> Outcome {
        let before: RefundCase
        if let index = changeOf[id] {
            before = decision.changes.cases[index].refundCase
        } else if let known = loaded.cases[id] {
            switch known.refundCase {
            case .success(let refundCase): before = refundCase
            case .failure(let reason): return .untimely(reason)
            }
        } else if let archived = loaded.archived[id] {
            return archived.outcome(of: event)
        } else {
            return .untimely(.unknownRequest)
        }
        switch before.apply(event, at: now) {
        case .unchanged: return .unchanged(unsent(of: id))
        case .refused(let refusal): return .refused(DeadLetterReason(refusal, status: before.state.status))
        case .changed(let after, let effects):
            let stored = StoredEvent(event, at: now, body: body)
            let (index, ordinals) = advance(id, from: before, to: after, event: stored, effects: effects)
            return .changed(index, ordinals)
        }
    }

    /// What a case had stored and not confirmed before this batch: a repeated delivery waits for it, whatever else the
    /// batch does to the case, since its first commit may have been what stored it.
    private func unsent(of id: RequestID) -> [OutboxMessage] { loaded.cases[id]?.unsent ?? [] }

    /// Lets time do its work on the cases whose time has come. One that this batch has changed waits for the next: what
    /// the store knew to be out was before that change.
    mutating func actOnDue() {
        for id in loaded.due where changeOf[id] == nil {
            guard let known = loaded.cases[id] else { continue }
            guard case .success(let before) = known.refundCase else {
                // It must not stand in the way of others for ever; after a while it is looked at again.
                decision.changes.postponements.append(CasePostponement(id: known.id, until: now + .seconds(60)))
                decision.unreadable.append(id)
                continue
            }
            let event = CaseEvent.fellDue(known.facts)
            guard case .changed(let after, let effects) = before.apply(event, at: now) else { continue }
            let stored = StoredEvent(event, at: now, body: [])
            decision.fallenDue.append(advance(id, from: before, to: after, event: stored, effects: effects).index)
        }
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
        let (opened, effects) = RefundCase.open(
            request, policy: policy.version, standing: loaded.standings[request.line] ?? .free,
            traceparent: traceparent, at: now)
        if opened.holdsLine { loaded.standings[request.line] = opened.state.status.standing }
        let index = decision.changes.cases.count
        changeOf[request.id] = index
        decision.changes.parking.awaited.append(request.id)
        let messages = newMessages(effects, of: opened)
        decision.changes.cases.append(
            CaseChange(
                id: nil, refundCase: opened, policy: policy, firstEvent: 0,
                events: [.opening(of: opened, body: body)], messages: messages))
        return .changed(index, messages.map(\.ordinal))
    }

    private mutating func advance(
        _ id: RequestID, from before: RefundCase, to after: RefundCase, event: StoredEvent, effects: [Effect]
    ) -> (index: Int, [MessageOrdinal]) {
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
        let index: Int
        if let known = changeOf[id] {
            index = known
            decision.changes.cases[index].refundCase = after
            decision.changes.cases[index].events.append(event)
            decision.changes.cases[index].messages += messages
            decision.changes.cases[index].resends += resends
            decision.changes.cases[index].takenBack += takenBack
        } else {
            index = decision.changes.cases.count
            changeOf[id] = index
            decision.changes.cases.append(
                CaseChange(
                    id: loaded.cases[id]?.id, refundCase: after, policy: nil, firstEvent: before.eventCount,
                    events: [event], messages: messages, resends: resends, takenBack: takenBack))
        }
        if before.holdsLine || after.holdsLine {
            loaded.standings[after.request.line] = after.state.status.standing
        }
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
            self = .invalidAmount(path: "amount", problem: "must be at most what was paid, in the same currency")
        }
    }
}
