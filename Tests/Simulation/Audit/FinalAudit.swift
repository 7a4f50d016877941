import RefundCase
import RefundMessages
package import RefundPolicy
package import RefundWorker

/// What must hold once a world has come to rest. Here alone the worker's own code has a say: that the events make the
/// stored case again is asked of what rebuilds cases.
package struct FinalAudit {
    let auditor: Auditor
    let ledger: any AuditedStore
    let reader: any CaseReader
    let calm: ClosedRange<Instant>

    /// - Parameter calm: from when the faults had ended, and every worker that they or a message had killed was there again,
    ///   until when the last of them stopped.
    package init(auditor: Auditor, ledger: any AuditedStore, reader: any CaseReader, calm: ClosedRange<Instant>) {
        (self.auditor, self.ledger, self.reader, self.calm) = (auditor, ledger, reader, calm)
    }

    package func run() throws(StoreError) {
        auditor.check(.oneCase, ledger.crowdedLines().isEmpty, "several refunds on one line: \(ledger.crowdedLines())")
        for id in auditor.sentOrder {
            if let message = auditor.sent[id] { checkAccounted(message) }
        }
        auditor.check(.brake, !ledger.isPaused(), "payouts are paused, and the pause was lifted")
        auditor.check(
            .brake,
            !auditor.watch.wasPausedLong
                || auditor.arrivals.keys.contains { $0.hasPrefix("fleet/alert/payouts_paused/") },
            "payouts were paused, and nobody was reminded")
        var known = 0
        for id in auditor.requestOrder + ["none-0", "none-1", "none-2"] {
            guard let request = RequestID(id), let history = try reader.history(of: request) else { continue }
            known += 1
            check(history)
        }
        let counts = try reader.counts()
        let sum = CaseStatus.allCases.reduce(0) { $0 + (counts[$1] ?? 0) }
        auditor.check(.oneCase, sum == known, "\(sum) cases in all, \(known) of requests that were made")
    }

    /// Everything sent was acknowledged, or the broker has buried it; requests have a case; nonsense is dead.
    private func checkAccounted(_ message: Auditor.Sent) {
        let id = message.id
        auditor.check(
            .liveness, message.isAcknowledged || message.deadCode != nil, about: message.request,
            "\(id) (\(message.type)) was never acknowledged")
        switch message.kind {
        case .unreadable(let code):
            auditor.check(
                .oneCase, message.deadCode == code || message.exceededReturns, "\(id) should be dead: \(code)")
        case .fleet: break
        case .deadly:
            auditor.check(.innocents, message.exceededReturns, "\(id) kills its workers still")
        case .orphan:
            auditor.check(.oneCase, message.deadCode != nil, "\(id) is about no request, and is no dead letter")
        case .request:
            auditor.check(
                .oneCase, ledger.hasCase(message.request) || message.deadCode != nil, about: message.request,
                "\(id) has no case and is no dead letter")
        case .event, .reply:
            auditor.check(
                .oneCase, ledger.hasCase(message.request) || message.deadCode != nil, about: message.request,
                "\(id) (\(message.type), about \(message.request)) is about no case and is no dead letter")
        }
    }

    private func check(_ history: CaseHistory) {
        let id = history.refundCase.id.text
        let status = history.refundCase.state.status
        do throws(DeadLetterReason) {
            let rebuilt = try RefundCase.rebuild(from: history.events, policy: history.refundCase.origin.version)
            auditor.check(.rebuild, rebuilt == history.refundCase, about: id, "\(id): the events make another case")
        } catch {
            auditor.broken(.rebuild, "\(id): \(error.code) \(error.detail)", about: id)
        }
        let model = model(of: id)
        for sent in history.messages {
            let name = sent.message.encoded.id
            let mayBeTakenBack = model.map { $0.mayHaveTakenBack(name) } ?? false
            auditor.check(
                .allConfirmed, sent.confirmedAt != nil || mayBeTakenBack || model?.isAnswered(name) == true, about: id,
                "\(name) is not confirmed")
            auditor.check(
                .allConfirmed, auditor.arrivals[name] != nil || mayBeTakenBack, about: id, "\(name) has never arrived")
        }
        auditor.check(
            .identity, Set(history.messages.map(\.message.encoded.id)).count == history.messages.count, about: id,
            "\(id) has told something twice")
        let told = history.messages.filter { $0.message.encoded.type == .received }
        auditor.check(
            .notices, told.map(\.message.encoded.id) == (auditor.scenario.acknowledges ? ["\(id)/received"] : []),
            about: id, "\(id) was acknowledged \(told.count) times")
        if status == .attention {
            let alerts = history.messages.filter {
                $0.message.encoded.type == .needsAttention || $0.message.encoded.id.hasSuffix("_missed")
            }
            auditor.check(.liveness, !alerts.isEmpty, about: id, "\(id) is in attention and nobody was called")
        }
        if status == .withdrawn { checkWithdrawn(id) }
        if let model { checkCooling(model) }
        checkDeadlines(history, model)
    }

    /// Nobody loses the access and gets no money.
    private func checkWithdrawn(_ id: String) {
        for command in ["revoke", "payout"] {
            auditor.check(
                .withdrawalWins, auditor.arrivals["\(id)/\(command)#1"] == nil, about: id,
                "\(id) is withdrawn, and its \(command) went out")
        }
    }

    /// What was held goes out when its time has come, and not much later.
    private func checkCooling(_ model: CaseModel) {
        guard let coolsUntil = model.coolsUntil, let sentAt = model.revoke.keys.first?.committedAt else { return }
        let latest =
            max(coolsUntil, calm.lowerBound) + auditor.scenario.beats(0.6) + .seconds(60) + auditor.scenario.clockOffset
            + auditor.scenario.clockTerms.believedAfter
        auditor.check(
            .cooling, sentAt <= latest, about: model.id,
            "\(model.id) was to be held until \(coolsUntil), and its revocation was made at \(sentAt)")
    }

    /// The auditor's own case; where it could not follow every transaction, made from what the store has in the end.
    private func model(of id: String) -> CaseModel? {
        if let model = auditor.watch.models[id] { return model }
        let events = ledger.events(of: id, after: 0)
        let messages = ledger.messages(of: id, after: 0)
        guard let status = ledger.status(of: id), !events.isEmpty else { return nil }
        var model = auditor.newModel(of: id)
        var index = 0
        while index < events.count {
            // One transaction has one time.
            let at = events[index].at
            let together = events[index...].prefix { $0.at == at }
            index += together.count
            let complaints = model.absorb(
                Array(together), messages.filter { $0.at == at }, status: index == events.count ? status : nil,
                hasArrived: { auditor.arrivals[$0] != nil })
            for (invariant, complaint) in complaints { auditor.broken(invariant, complaint, about: id) }
        }
        for message in auditor.sentAbout(id) {
            guard let reply = SpokenReply(type: message.type, body: message.body), message.deadCode == nil,
                message.isAcknowledged, !events.contains(where: { $0.body == message.body })
            else { continue }
            // It has left no event: then it said nothing new when it was taken.
            auditor.check(
                .replies, model.wasNothing(reply), about: id, "\(message.id) (\(reply.words)) was dropped, and was news"
            )
        }
        return model
    }

    /// Invariant 6, from what was sent and when.
    private func checkDeadlines(_ history: CaseHistory, _ model: CaseModel?) {
        let id = history.refundCase.id.text
        guard let variant = auditor.variant(id) else { return }
        let scenario = auditor.scenario
        let respondBy = variant.submittedAt + scenario.beats(30)
        let refundBy = variant.submittedAt + scenario.beats(80)
        let due: [(String, Instant)] = [
            ("response_at_risk", respondBy - scenario.beats(5)), ("response_missed", respondBy),
            ("refund_at_risk", refundBy - scenario.beats(15)), ("refund_missed", refundBy),
        ]
        for (name, at) in due {
            guard let alert = history.messages.first(where: { $0.message.encoded.id == "\(id)/alert/\(name)" }),
                let arrived = auditor.arrivals[alert.message.encoded.id]
            else { continue }
            auditor.check(
                .deadlines, alert.message.createdAt >= at && arrived.firstAt + scenario.clockOffset >= at, about: id,
                "\(alert.message.encoded.id) went out before \(at)")
            // Money that came back is owed anew from then on, by the deadline of before (seed 3146763).
            let owedAnew = name.hasPrefix("refund") ? owedAnew(history, before: alert.message.createdAt) : nil
            // No fault, and the workers were there: two looks, the time for which a clock that has stepped is doubted, and
            // the minute for which the store's last refusal has put the case off, by a clock that may have been ahead then (seeds 572991, 592210).
            let latest =
                max(at, calm.lowerBound, history.refundCase.openedAt, owedAnew ?? at) + scenario.beats(0.6)
                + .seconds(60)
                + scenario.clockOffset + scenario.clockTerms.believedAfter
            auditor.check(
                .deadlines, arrived.firstAt <= latest, about: id,
                "\(alert.message.encoded.id) was due at \(at) and went out at \(arrived.firstAt)")
        }
        checkAnswer(history, respondBy: respondBy)
        checkMissedRefund(history, model, refundBy: refundBy)
    }

    /// When a payout was last told to have come back.
    private func owedAnew(_ history: CaseHistory, before alert: Instant) -> Instant? {
        let id = history.refundCase.id.text
        let told = ["delayed", "alert/payout_bounced/", "alert/payout_contradicted/"].map { "\(id)/\($0)" }
        return history.messages.map(\.message)
            .filter { message in message.createdAt <= alert && told.contains { message.encoded.id.hasPrefix($0) } }
            .map(\.createdAt).max()
    }

    /// An answer that came too late has its alert, and one in good time has none.
    private func checkAnswer(_ history: CaseHistory, respondBy: Instant) {
        let id = history.refundCase.id.text
        let answers = ["approved", "rejected"].compactMap { auditor.arrivals["\(id)/\($0)"]?.firstAt }
        let missed = auditor.arrivals["\(id)/alert/response_missed"] != nil
        if let answer = answers.min() {
            // Confirms are recorded some time after a message has arrived, and clocks may be off.
            let slack = auditor.scenario.clockOffset + .seconds(300) + auditor.scenario.beats(1)
            if answer > respondBy + slack {
                auditor.check(.deadlines, missed, about: id, "\(id) was answered late and nobody was told")
            } else if answer + slack < respondBy, answer > calm.lowerBound {
                auditor.check(.deadlines, !missed, about: id, "\(id) was answered in time and called late")
            }
        }
    }

    private func checkMissedRefund(_ history: CaseHistory, _ model: CaseModel?, refundBy: Instant) {
        let id = history.refundCase.id.text
        guard let model, model.isOpen, model.status != .inReview, !model.isPaid,
            calm.upperBound > max(refundBy, calm.lowerBound) + auditor.scenario.beats(2) + .seconds(120)
                + auditor.scenario.clockTerms.believedAfter
        else { return }
        auditor.check(
            .deadlines, auditor.arrivals["\(id)/alert/refund_missed"] != nil, about: id,
            "\(id) has not been paid by \(refundBy) and nobody was told")
    }
}

extension Auditor {
    package func sentAbout(_ id: String) -> [Sent] { (sentAbout[id] ?? []).compactMap { sent[$0] } }

    /// Whether the broker has given up a reply about that request after too many returns.
    func hasLostReplies(_ id: String) -> Bool {
        (sentAbout[id] ?? []).contains { sent[$0]?.exceededReturns == true }
    }
}
