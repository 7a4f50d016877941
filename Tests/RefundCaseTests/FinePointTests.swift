import RefundCase
import RefundMessages
import RefundPolicy
import TestSupport
import Testing

/// The fine points of contract § 4, one by one.
struct FinePointTests {
    private let start = Example.receivedAt

    private func later(_ minutes: Int) -> Instant { start + .minutes(minutes) }

    @Test("attention ends as soon as nothing that called for it stands any more", arguments: CommandKind.allCases)
    func attentionEnds(_ kind: CommandKind) {
        var life = CaseLife()
        life.add(.failed(kind, at: later(1), retryable: false), at: later(1))
        #expect(life.status == .attention)
        #expect(life.meets(.succeeded(kind, at: later(2)), at: later(2)) == "approved")
        #expect(life.meets(.succeeded(kind.other, at: later(3)), at: later(3)) == "settled: notice settled")
    }

    @Test("with two troubles it ends with the second one")
    func bothTroubles() {
        var life = CaseLife()
        for kind in CommandKind.allCases {
            life.add(.failed(kind, at: later(1), retryable: false), at: later(1))
        }
        #expect(life.meets(.succeeded(.revoke, at: later(2)), at: later(2)) == "attention")
        #expect(life.meets(.succeeded(.payout, at: later(3)), at: later(3)) == "settled: notice settled")
    }

    @Test("a missed refund deadline stands until the end")
    func missedStands() {
        var life = Situation.missed.life
        let now = Example.refundBy + .minutes(1)
        #expect(life.meets(.succeeded(.revoke, at: now), at: now) == "attention")
        #expect(life.meets(.succeeded(.payout, at: now), at: now) == "settled: notice settled")
        #expect(life.refundCase.deadlines.refund == .missed)
    }

    @Test("what is not given up goes on in attention: backoff, re-sends, the other command")
    func goesOn() {
        var life = Situation.payoutFailed.life
        life.add(.failed(.revoke, at: later(6)), at: later(6))
        #expect(life.sends(until: later(9)) == ["revoke#2"])
        let sent = life.sends(until: later(30))
        #expect(sent == ["revoke again, attempt 2"])
        #expect(life.status == .attention)
        var waiting = CaseLife(policy: .example(payout: .afterRevocation))
        waiting.add(.failed(.revoke, at: later(1), retryable: false), at: later(1))
        #expect(waiting.meets(.succeeded(.revoke, at: later(2)), at: later(2)) == "approved: payout#1")
    }

    @Test("after a bounce no new key goes out by itself, whatever else fails, until a retry")
    func waitsForRetry() {
        var life = CaseLife()
        life.add(.succeeded(.revoke, at: start), at: start)
        life.add(.failed(.payout, key: 1, at: later(1)), at: later(1))
        #expect(life.sends(until: later(3)) == ["payout#2"])
        life.add(.succeeded(.payout, key: 1, at: later(4)), at: later(4))
        life.add(.failed(.payout, key: 1, at: later(5)), at: later(5))
        #expect(life.status == .attention)
        #expect(life.meets(.failed(.payout, key: 2, at: later(6)), at: later(6)).status == "attention")
        #expect(!life.sends(until: Example.refundBy).contains { $0.hasPrefix("payout#") })
        #expect(life.meets(.retried(), at: Example.refundBy).effects == ["payout#3"])
    }

    @Test("each sending counts as an attempt, and a retry begins to count anew")
    func countsAttempts() {
        var life = CaseLife(policy: .example(maxAttempts: 3))
        life.add(.succeeded(.revoke, at: start), at: start)
        #expect(life.sends(until: later(60)) == ["payout again, attempt 2", "payout again, attempt 3"])
        #expect(life.status == .attention)
        life.add(.retried(), at: later(61))
        #expect(life.effects.map(\.summary) == ["payout again, attempt 4"])
        #expect(life.sends(until: later(200)) == ["payout again, attempt 5", "payout again, attempt 6"])
        #expect(life.status == .attention)
        // Keys and re-sends count together.
        var failing = CaseLife(policy: .example(maxAttempts: 3))
        failing.add(.succeeded(.revoke, at: start), at: start)
        failing.add(.failed(.payout, at: later(1)), at: later(1))
        #expect(failing.sends(until: later(60)) == ["payout#2", "payout again, attempt 2"])
        #expect(failing.status == .attention)
    }

    @Test("under a pause a retry is taken, and the payout held")
    func retriesUnderPause() {
        var life = Situation.payoutFailed.life
        life.payoutsArePaused = true
        life.broker = .unsent
        #expect(life.meets(.retried(), at: later(10)).status == "approved")
        let attempts = life.refundCase.state.fulfilment?.payout?.attempts
        #expect(!life.sends(until: later(24 * 60)).contains { $0.hasPrefix("payout") })
        #expect(life.refundCase.state.fulfilment?.payout?.attempts == attempts, "its attempts stand still")
        #expect(life.status == .approved || life.refundCase.state.fulfilment?.revocation.stands == false)
    }

    @Test("a pause holds re-sends and next keys; decisions, revocations, notices and deadlines go on")
    func pauseHolds() {
        var life = CaseLife(policy: .example(maxAttempts: 3), broker: .unsent)
        life.payoutsArePaused = true
        life.confirm(.revoke)
        life.add(.failed(.revoke, at: later(1)), at: later(1))
        let sent = life.sends(until: Example.refundBy)
        #expect(sent.contains("revoke#2"))
        #expect(!sent.contains { $0.hasPrefix("payout") })
        #expect(life.status == .attention)
        #expect(life.refundCase.deadlines.refund == .missed)
    }

    @Test("delayed follows only a told settled")
    func delayedFollowsSettled() {
        var life = CaseLife()
        life.add(.succeeded(.payout, at: later(1)), at: later(1))
        #expect(
            life.meets(.failed(.payout, at: later(2)), at: later(2)) == "attention: alert payout_bounced/payout#1")
        life.add(.retried(), at: later(3))
        life.add(.succeeded(.payout, key: 2, at: later(4)), at: later(4))
        #expect(life.meets(.succeeded(.revoke, at: later(5)), at: later(5)) == "settled: notice settled")
    }

    @Test("settled.2 follows only money that moved anew")
    func settledAgain() {
        var life = Situation.undone.life
        #expect(life.status == .attention)
        life.add(.retried(), at: later(10))
        #expect(life.meets(.succeeded(.revoke, key: 2, at: later(11)), at: later(11)) == "settled")
        life.add(.failed(.payout, at: later(12)), at: later(12))
        life.add(.retried("again"), at: later(13))
        #expect(
            life.meets(.succeeded(.payout, key: 2, at: later(14)), at: later(14)) == "settled: notice settled.2")
        #expect(
            life.meets(.failed(.payout, key: 2, at: later(15)), at: later(15))
                == "attention: alert payout_bounced/payout#2, notice delayed.2")
    }

    @Test("for contradictions the clock of a key's first success counts")
    func firstSuccessCounts() {
        var life = Situation.approved.life
        life.add(.succeeded(.revoke, at: start), at: start)
        life.add(.succeeded(.payout, at: later(5)), at: later(10))
        life.add(.succeeded(.payout, at: later(9)), at: later(10))
        #expect(
            life.meets(.failed(.payout, at: later(7)), at: later(11))
                == "attention: alert payout_bounced/payout#1, notice delayed")
    }

    @Test("a key's second bounce after standing again is the cause's .2")
    func bouncesTwice() {
        var life = Situation.bounced.life
        life.add(.succeeded(.payout, at: later(10)), at: later(10))
        #expect(life.status == .settled)
        #expect(
            life.meets(.failed(.payout, at: later(11)), at: later(11))
                == "attention: alert payout_bounced/payout#1.2, notice delayed.2")
        #expect(life.meets(.failed(.payout, at: later(11)), at: later(12)) == "unchanged")
    }

    @Test("a withdrawal that came first wins, also over a request that would have been rejected")
    func withdrawalWins() {
        let withdrawal = Withdrawal(submittedAt: Example.submittedAt, reason: nil)
        for request in [
            RefundRequest.example(), .example(dispute: .open), .example(dispute: .lost), .example(orderNumber: nil),
        ] {
            var life = CaseLife(request, withdrawal: withdrawal)
            #expect(life.status == .withdrawn)
            #expect(life.messages.map(\.encoded.id) == ["rr-1042/withdrawn"])
            #expect(life.refundCase.dueAt.map { _ in life.sends(until: Example.refundBy) } ?? [] == [])
            #expect(!life.refundCase.holdsLine)
        }
    }

    @Test("withdrawing what is rejected or settled is refused, once")
    func withdrawsOnce() {
        for situation in [Situation.rejected, .settled, .closed, .voided, .approved, .payoutFailed] {
            var life = situation.life
            let status = life.status.rawValue
            let refused = life.meets(.withdrawn(at: Example.later), at: Example.later)
            #expect(refused == Outcome("\(status): notice withdrawal_refused"), "\(situation)")
            #expect(life.meets(.withdrawn(at: Example.later), at: later(20)) == "unchanged")
            #expect(life.meets(.withdrawn(at: later(20)), at: later(20)) == "unchanged")
        }
    }

    @Test("an action that was refused is as much said as one that was done")
    func refusedIsSaid() {
        var life = CaseLife()
        #expect(life.meets(.reviewed(.close), at: later(1)) == Situation.no)
        life.add(.failed(.payout, at: later(2), retryable: false), at: later(2))
        #expect(life.meets(.reviewed(.close), at: later(3)) == "unchanged")
        #expect(life.status == .attention)
        #expect(life.meets(.reviewed(.close, action: "another"), at: later(4)).status == "settled")
    }

    @Test("both commands are held for the time to cool off, then go out, revoke first")
    func coolsOff() {
        var life = Situation.held.life
        #expect(life.transcript == ["approved: notice approved"])
        #expect(life.refundCase.dueAt == start + .hours(1))
        #expect(life.meets(.fellDue, at: start + .hours(1) - .tick) == "unchanged")
        #expect(life.add(.fellDue, at: start + .hours(1)) == "approved: revoke#1, payout#1")
        #expect(life.meets(.withdrawn(at: later(61)), at: later(61)) == "approved: notice withdrawal_refused")
    }

    @Test("an access that was taken by hand while the case cooled off is to be given back when the customer withdraws")
    func accessTakenWhileHeld() {
        var life = Situation.held.life
        life.add(.reviewed(.accessWithdrawn), at: later(4))
        #expect(
            life.meets(.withdrawn(at: later(5)), at: later(5))
                == "withdrawn: notice withdrawn, alert access_to_restore")
    }

    @Test("a case that still cools off when its refund is overdue is a person's: withdrawing is refused, void ends it")
    func coolsOffTooLong() {
        var life = CaseLife(policy: .example(coolingOff: .days(30)))
        while let due = life.refundCase.dueAt, due <= Example.refundBy { life.fallDue(at: due) }
        #expect(life.status == .attention)
        let later = Example.refundBy + .minutes(1)
        #expect(life.meets(.withdrawn(at: later), at: later) == "attention: notice withdrawal_refused")
        #expect(life.meets(.withdrawn(at: later), at: later) == "unchanged")
        #expect(life.meets(.reviewed(.void), at: later).status == "rejected")
        #expect(life.sends(until: Example.refundBy + .days(40)) == [])
    }

    @Test("what was to be taken from a case while it cooled off stays undone when the customer withdraws")
    func withdrawsWhileHeld() {
        var life = Situation.held.life
        #expect(life.meets(.withdrawn(at: later(5)), at: later(5)) == "withdrawn: notice withdrawn")
        #expect(life.sends(until: Example.refundBy) == [])
        #expect(!life.refundCase.holdsLine)
    }
}
