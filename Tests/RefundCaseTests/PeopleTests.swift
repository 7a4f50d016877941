import RefundCase
import RefundPolicy
import TestSupport
import Testing

/// Reviews, withdrawals and retries (contract §§ 3 and 4).
struct PeopleTests {
    private let now = Example.later

    @Test("an approval by review takes the computed amount, or the one that it names")
    func approvesAmount() {
        var computed = CaseLife(.example(dispute: .open))
        computed.add(.reviewed(.approve), at: now)
        #expect(computed.refundCase.state.fulfilment?.refund == money(700))
        var named = CaseLife(.example(dispute: .open))
        named.add(.reviewed(.approve, amount: money(1_000)), at: now)
        #expect(named.refundCase.state.fulfilment?.refund == money(1_000))
    }

    @Test("an approval of an amount that can't be computed needs one")
    func needsAmount() {
        var life = CaseLife(.example(usage: Usage(unit: nil, included: 0, remaining: 7)))
        #expect(life.status == .inReview)
        #expect(life.add(.reviewed(.approve), at: now) == "refused: amount_needed")
        #expect(
            life.add(.reviewed(.approve, amount: money(300), action: "another"), at: now)
                == "approved: revoke#1, payout#1, notice approved")
    }

    @Test("an approval's amount is at most what was paid, in its currency")
    func limitsAmount() {
        for amount in [money(1_001), money(700, "EUR"), money(0, "JPY")] {
            var life = CaseLife(.example(dispute: .open))
            #expect(life.add(.reviewed(.approve, amount: amount), at: now) == "refused: invalid_amount")
        }
        for amount in [money(1_000), money(0)] {
            var life = CaseLife(.example(dispute: .open))
            #expect(!life.add(.reviewed(.approve, amount: amount), at: now).hasPrefix("refused"))
        }
    }

    @Test("an approval of nothing revokes and sends no payout")
    func approvesNothing() {
        var life = CaseLife(.example(dispute: .open))
        #expect(life.add(.reviewed(.approve, amount: money(0)), at: now) == "approved: revoke#1, notice approved")
        #expect(life.refundCase.deadlines.refund == .met)
    }

    @Test(
        "the same act once more changes nothing, and another one is refused",
        arguments: [Review.Verdict.approve, .reject])
    func repeatsVerdict(_ verdict: Review.Verdict) {
        var life = CaseLife(.example(dispute: .open))
        life.add(.reviewed(verdict), at: now)
        #expect(life.add(.reviewed(verdict), at: now) == "unchanged")
        #expect(life.add(.reviewed(verdict, note: "in other words"), at: now) == "unchanged", "the id counts")
        #expect(life.add(.reviewed(verdict, action: "another"), at: now) == "refused: not_applicable")
    }

    @Test("a withdrawal does not undo an answer that was missed, noticed or not")
    func withdrawsLate() {
        var noticed = CaseLife(.example(dispute: .open))
        noticed.fallDue(at: Example.respondBy, answeredAt: nil)
        noticed.add(.withdrawn(at: Example.respondBy), at: Example.respondBy)
        #expect(noticed.refundCase.deadlines == Deadlines(response: .missed, refund: .met))
        var unnoticed = CaseLife(.example(dispute: .open))
        #expect(
            unnoticed.meets(.withdrawn(at: Example.respondBy), at: Example.respondBy)
                == "withdrawn: alert response_missed, notice withdrawn")
        #expect(unnoticed.refundCase.deadlines == Deadlines(response: .missed, refund: .met))
        #expect(unnoticed.refundCase.dueAt == nil)
    }

    @Test("once a command is committed for sending, a withdrawal is refused, also before the payout")
    func withdrawsTooLate() {
        for life in [Situation.waiting.life, CaseLife(.example(usage: Usage(unit: nil, included: 10, remaining: 0)))] {
            var life = life
            #expect(life.add(.withdrawn(at: now), at: now) == "approved: notice withdrawal_refused")
            #expect(life.add(.withdrawn(at: now + .hours(1)), at: now + .hours(1)) == "unchanged")
        }
    }

    @Test("a retry leaves a held payout waiting, and the payout goes out with the revocation's success")
    func retriesHeld() {
        var life = CaseLife(policy: .example(payout: .afterRevocation))
        life.add(.failed(.revoke, at: now, retryable: false), at: now)
        #expect(life.add(.retried(), at: now) == "approved: revoke#2")
        #expect(life.add(.succeeded(.revoke, key: 2, at: now), at: now) == "approved: payout#1")
    }

    @Test("the access that a person took counts as revoked: the payout goes on, and no revocation is sent again")
    func accessWithdrawn() {
        var life = CaseLife(policy: .example(payout: .afterRevocation))
        life.add(.failed(.revoke, at: now), at: now)
        #expect(life.add(.reviewed(.accessWithdrawn), at: now) == "approved: payout#1")
        #expect(!life.sends(until: now + .hours(1)).contains { $0.hasPrefix("revoke") })
        #expect(life.status == .approved)
    }

    @Test("an access that a person took, and that is told as taken and given back after that, is to be taken again")
    func undoneAfterAPersonTookIt() {
        var life = Situation.undone.life
        life.add(.reviewed(.accessWithdrawn), at: now)
        life.add(.succeeded(.revoke, at: now, reference: "again"), at: now)
        #expect(life.add(.failed(.revoke, at: now + .seconds(1)), at: now + .seconds(1)).hasPrefix("attention"))
        #expect(life.add(.retried(), at: now + .seconds(2)) == "approved: revoke#2")
    }

    @Test("a retry sends what failed under its next key, what is unanswered under the same, and nothing that stands")
    func retriesUnfinished() {
        var life = Situation.payoutFailed.life
        #expect(life.add(.retried(), at: now) == "approved: revoke again, attempt 2, payout#2")
        #expect(life.add(.retried(), at: now) == "unchanged")
        #expect(life.add(.retried("another"), at: now) == "refused: not_applicable")
        var revoked = Situation.payoutFailed.life
        revoked.add(.succeeded(.revoke, at: now), at: now)
        #expect(revoked.add(.retried(), at: now) == "approved: payout#2")
    }

    @Test("each key that is given up calls a person under a cause of its own")
    func alertsEachKey() {
        var life = Situation.payoutFailed.life
        for key in 2...4 {
            life.add(.retried("retry-\(key)"), at: now)
            let expected = "attention: alert payout_failed/payout#\(key)"
            #expect(life.add(.failed(.payout, key: key, at: now, retryable: false), at: now) == expected)
        }
    }
}
