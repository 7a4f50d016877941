import RefundCase
import RefundMessages
import RefundPolicy

/// What a person did, by its id.
struct Act {
    var id: ActionID
    var requestID: RequestID?
    var type: InboundType
    var by: Signature

    init(id: ActionID, requestID: RequestID?, type: InboundType, by: Signature) {
        self.id = id
        self.requestID = requestID
        self.type = type
        self.by = by
    }

    init(_ pause: PayoutPause) {
        self.init(id: pause.actionID, requestID: nil, type: .payoutsPaused, by: pause.by)
    }

    init(_ resumption: PayoutResumption) {
        self.init(id: resumption.actionID, requestID: nil, type: .payoutsResumed, by: resumption.by)
    }

    /// `nil` for what no person does.
    init?(_ event: CaseEvent, on id: RequestID) {
        switch event {
        case .reviewed(let review):
            guard let actionID = review.actionID else { return nil }
            self.init(id: actionID, requestID: id, type: .reviewed, by: review.by)
        case .retried(let retry): self.init(id: retry.actionID, requestID: id, type: .retried, by: retry.by)
        case .succeeded, .failed, .withdrawn, .fellDue: return nil
        }
    }
}

extension InboundMessage {
    /// `nil` for what no person does.
    var act: Act? {
        switch self {
        case .requested: nil
        case .event(let event, let id): Act(event, on: id)
        case .paused(let pause): Act(pause)
        case .resumed(let resumption): Act(resumption)
        }
    }
}

/// What people do: each act once (contract § 3, `action_id`).
extension DecisionDesk {
    /// Does what a person asks for, unless it was asked for before. What was refused is as much said as what was done; told
    /// again only where its dead letter may never have arrived.
    mutating func act(
        _ act: Act, isRedelivered: Bool, _ apply: (inout DecisionDesk) -> Outcome
    ) -> Outcome {
        if let known = loaded.actions[act.id] {
            guard isRedelivered, let refusal = known.refusal else { return .unchanged }
            return .refused(.saidBefore(code: refusal.code, detail: refusal.detail))
        }
        let outcome = apply(&self)
        switch outcome {
        case .changed, .unchanged: record(act, refusal: nil)
        case .refused(let reason):
            record(act, refusal: RecordedAction.Refusal(code: reason.code, detail: reason.detail))
        case .untimely: break
        }
        return outcome
    }

    /// Remembers an act that is given up, as one that was refused.
    mutating func refuse(_ act: Act, because reason: DeadLetterReason) {
        guard loaded.actions[act.id] == nil else { return }
        record(act, refusal: RecordedAction.Refusal(code: reason.code, detail: reason.detail))
    }

    private mutating func record(_ act: Act, refusal: RecordedAction.Refusal?) {
        let action = RecordedAction(
            id: act.id, at: now, requestID: act.requestID, kind: act.type.rawValue, by: act.by, refusal: refusal)
        loaded.actions[act.id] = action
        decision.changes.actions.append(action)
    }

    // MARK: The brake

    /// The latest pause counts.
    mutating func outcome(of pause: PayoutPause, isRedelivered: Bool) -> Outcome {
        act(Act(pause), isRedelivered: isRedelivered) { desk in
            let standing = StandingPause(actionID: pause.actionID, at: desk.now, by: pause.by, note: pause.note)
            desk.loaded.brake.pause = standing
            desk.decision.changes.brake.append(.paused(standing))
            return .unchanged
        }
    }

    /// Lifts the pause that it names, and no other.
    mutating func outcome(of resumption: PayoutResumption, isRedelivered: Bool) -> Outcome {
        act(Act(resumption), isRedelivered: isRedelivered) { desk in
            guard desk.loaded.brake.pause?.actionID == resumption.pause else { return .refused(.otherPause) }
            desk.loaded.brake.pause = nil
            desk.decision.changes.brake.append(
                .resumed(
                    pause: resumption.pause, actionID: resumption.actionID, at: desk.now, by: resumption.by,
                    note: resumption.note))
            return .unchanged
        }
    }

    /// Reminds people of a pause: at once, and in each clock hour.
    mutating func remindOfPause() {
        let hour = FleetAlert.hour(of: now)
        guard let pause = loaded.brake.pause, loaded.brake.lastAlertHour.map({ $0 < hour }) ?? true else { return }
        loaded.brake.lastAlertHour = hour
        decision.changes.brake.append(.alerted(hour: hour))
        let pauseMessage = PayoutPause(actionID: pause.actionID, by: pause.by, note: pause.note)
        decision.changes.fleetMessages.append(FleetAlert.payoutsPaused(pauseMessage, since: pause.at, at: now))
    }
}
