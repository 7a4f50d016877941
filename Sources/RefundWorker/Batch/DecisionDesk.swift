import RefundCase
import RefundMessages
import RefundPolicy

/// Where a batch is decided, one delivery after the other: later ones see what earlier ones did.
struct DecisionDesk {
    private(set) var decision = BatchDecision()
    private var loaded: LoadedCases
    private let policies: PolicyShelf
    private let now: Instant
    private let encoder = OutboundEncoder()
    /// Which change a case has in this batch.
    private var changeOf: [RequestID: Int] = [:]

    init(loaded: LoadedCases, policies: PolicyShelf, now: Instant) {
        self.loaded = loaded
        self.policies = policies
        self.now = now
    }

    /// A request: opens a case, or is known, or conflicts with the one of that id.
    mutating func decide(_ request: RefundRequest, from delivery: InboundDelivery) {
        if let index = changeOf[request.id] {
            let known = decision.changes.cases[index]
            guard known.refundCase.request == request else {
                return bury(delivery, requestID: request.id, because: .requestIDConflict)
            }
            decision.verdicts.append(.publish(change: index, []))
        } else if let known = loaded.cases[request.id] {
            repeated(request, known, from: delivery)
        } else {
            open(request, from: delivery)
        }
    }

    /// An event of a case that is stored or was opened in this batch.
    mutating func apply(_ event: CaseEvent, to id: RequestID, from delivery: InboundDelivery) {
        let before: RefundCase
        if let index = changeOf[id] {
            before = decision.changes.cases[index].refundCase
        } else if let known = loaded.cases[id] {
            switch known.refundCase {
            case .success(let refundCase): before = refundCase
            case .failure(let reason): return bury(delivery, requestID: id, because: reason)
            }
        } else {
            return bury(delivery, requestID: id, because: .unknownRequest)
        }
        switch before.apply(event, at: now) {
        case .unchanged:
            decision.verdicts.append(.repeated(changeOf[id] == nil ? loaded.cases[id]?.unsent ?? [] : []))
        case .refused(let refusal):
            bury(delivery, requestID: id, because: DeadLetterReason(refusal, status: before.state.status))
        case .changed(let after, let effects):
            let stored = StoredEvent(event, at: now, body: delivery.wholeBody)
            let (index, ordinals) = advance(id, from: before, to: after, event: stored, effects: effects)
            decision.verdicts.append(.publish(change: index, ordinals))
        }
    }

    /// Lets time do its work on the cases whose time has come. One that this batch has changed waits for the next: what
    /// the store knew to be out was before that change.
    mutating func actOnDue() {
        for id in loaded.due where changeOf[id] == nil {
            guard let known = loaded.cases[id], case .success(let before) = known.refundCase else { continue }
            let event = CaseEvent.fellDue(known.facts)
            guard case .changed(let after, let effects) = before.apply(event, at: now) else { continue }
            let stored = StoredEvent(event, at: now, body: [])
            decision.fallenDue.append(advance(id, from: before, to: after, event: stored, effects: effects).index)
        }
    }

    /// Sends a delivery to `refund.dead`.
    mutating func bury(_ delivery: InboundDelivery, requestID: RequestID?, because reason: DeadLetterReason) {
        decision.changes.deadLetters.append(
            DeadLetterNote(
                at: now, code: reason.code, detail: reason.detail, sourceQueue: delivery.source.rawValue,
                messageID: delivery.messageID, requestID: requestID))
        decision.verdicts.append(.deadLetter(reason))
    }

    private mutating func repeated(_ request: RefundRequest, _ known: LoadedCase, from delivery: InboundDelivery) {
        switch known.refundCase {
        case .failure(let reason): bury(delivery, requestID: request.id, because: reason)
        case .success(let refundCase):
            guard refundCase.request == request else {
                return bury(delivery, requestID: request.id, because: .requestIDConflict)
            }
            decision.verdicts.append(.repeated(known.unsent))
        }
    }

    private mutating func open(_ request: RefundRequest, from delivery: InboundDelivery) {
        let policy = policies.version(forInvoiceIssuedOn: request.invoice.issuedOn)
        let (opened, effects) = RefundCase.open(
            request, policy: policy.version, standing: loaded.standings[request.line] ?? .free,
            traceparent: delivery.traceparent, at: now)
        if opened.holdsLine { loaded.standings[request.line] = opened.state.status.standing }
        changeOf[request.id] = decision.changes.cases.count
        let messages = newMessages(effects, of: opened)
        decision.verdicts.append(.publish(change: decision.changes.cases.count, messages.map(\.ordinal)))
        decision.changes.cases.append(
            CaseChange(
                id: nil, refundCase: opened, policy: policy, firstEvent: 0,
                events: [.opening(of: opened, body: delivery.wholeBody)], messages: messages))
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
        let index: Int
        if let known = changeOf[id] {
            index = known
            decision.changes.cases[index].refundCase = after
            decision.changes.cases[index].events.append(event)
            decision.changes.cases[index].messages += messages
            decision.changes.cases[index].resends += resends
        } else {
            index = decision.changes.cases.count
            changeOf[id] = index
            decision.changes.cases.append(
                CaseChange(
                    id: loaded.cases[id]?.id, refundCase: after, policy: nil, firstEvent: before.eventCount,
                    events: [event], messages: messages, resends: resends))
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
