import RefundCase
import RefundPolicy
import TestSupport
import Testing

/// Deadlines act once: never early, not even by a microsecond (contract §§ 1 and 4).
struct DeadlineTests {
    @Test(
        "a case in review is warned of and told at the very instants",
        arguments: [
            (Example.responseAtRisk, "in_review: alert response_at_risk"),
            (Example.respondBy, "in_review: alert response_missed"),
            (Example.refundAtRisk, "in_review: alert refund_at_risk"),
            (Example.refundBy, "in_review: alert refund_missed"),
        ])
    func reviewFallsDue(_ due: Instant, _ expected: String) {
        var life = CaseLife(.example(dispute: .open))
        while let earlier = life.refundCase.dueAt, earlier < due { life.fallDue(at: earlier, answeredAt: nil) }
        #expect(life.refundCase.dueAt == due)
        #expect(life.fallDue(at: due - .tick, answeredAt: nil) == "unchanged")
        #expect(life.fallDue(at: due, answeredAt: nil) == expected)
        #expect(life.fallDue(at: due, answeredAt: nil) == "unchanged")
        #expect(life.fallDue(at: due - .hours(1), answeredAt: nil) == "unchanged", "a clock that steps back")
    }

    @Test("business days before a deadline are warned of on the business day, at its hour")
    func businessDays() {
        var policy = PolicyVersion.standard
        // Friday, 25 February; the refund's is Tuesday, 8 March.
        policy.atRisk = AtRisk(response: .businessDays(1), refund: .businessDays(3))
        var life = CaseLife(.example(dispute: .open), policy: policy)
        let risks = [instant("2022-02-24T09:30:00Z"), Example.respondBy, instant("2022-03-03T09:30:00Z")]
        for due in risks {
            #expect(life.refundCase.dueAt == due)
            #expect(life.fallDue(at: due - .tick, answeredAt: nil) == "unchanged")
            life.fallDue(at: due, answeredAt: nil)
        }
        #expect(life.transcript.last == "in_review: alert refund_at_risk")
    }

    @Test("nothing is due after the last deadline of a case in review")
    func reviewEnds() {
        var life = CaseLife(.example(dispute: .open))
        while let due = life.refundCase.dueAt { life.fallDue(at: due, answeredAt: nil) }
        #expect(life.transcript.count == 5)
        #expect(life.refundCase.deadlines == Deadlines(response: .missed, refund: .missed))
    }

    @Test(
        "downtime over both deadlines tells the misses and skips the warnings",
        arguments: [
            (Example.respondBy, "in_review: alert response_missed"),
            (Example.refundAtRisk, "in_review: alert response_missed, alert refund_at_risk"),
            (Example.refundBy + .days(9), "in_review: alert response_missed, alert refund_missed"),
        ])
    func wakesLate(_ now: Instant, _ expected: String) {
        var life = CaseLife(.example(dispute: .open))
        #expect(life.fallDue(at: now, answeredAt: nil) == expected)
    }

    @Test("an answer that the broker has confirmed is shown as given, before anything falls due")
    func answerIsShown() {
        let rejected = CaseLife(.example(dispute: .lost)).refundCase
        #expect(rejected.deadlines.response == .pending)
        #expect(rejected.deadlines(answeredAt: nil).response == .pending)
        #expect(rejected.deadlines(answeredAt: Example.respondBy).response == .met)
        #expect(rejected.deadlines(answeredAt: Example.respondBy + .tick).response == .pending)
        let inReview = CaseLife(.example(dispute: .open)).refundCase
        #expect(inReview.deadlines(answeredAt: Example.receivedAt).response == .pending, "nobody has answered it yet")
    }

    @Test(
        "the answer is in time when the broker confirmed it no later than the deadline",
        arguments: [
            (Example.receivedAt, Deadlines.Standing.met),
            (Example.respondBy, .met),
            (Example.respondBy + .tick, .missed),
        ])
    func answerIsConfirmed(_ answeredAt: Instant, _ expected: Deadlines.Standing) {
        var life = CaseLife(.example(dispute: .lost))
        let summary = life.fallDue(at: Example.respondBy + .hours(1), answeredAt: answeredAt)
        #expect(life.refundCase.deadlines.response == expected)
        #expect(summary == (expected == .met ? "rejected" : "rejected: alert response_missed"))
        #expect(life.refundCase.dueAt == nil)
    }

    @Test("an answer that no broker has confirmed is warned of, then missed")
    func answerIsStuck() {
        var life = CaseLife(.example(dispute: .lost))
        #expect(life.refundCase.dueAt == Example.responseAtRisk)
        #expect(life.fallDue(at: Example.responseAtRisk, answeredAt: nil) == "rejected: alert response_at_risk")
        #expect(life.refundCase.dueAt == Example.respondBy)
        #expect(life.fallDue(at: Example.respondBy, answeredAt: nil) == "rejected: alert response_missed")
        #expect(life.refundCase.dueAt == nil)
    }

    @Test("an answer that was confirmed after the warning is in time")
    func answerComesAfterWarning() {
        var life = CaseLife(.example(dispute: .lost))
        life.fallDue(at: Example.responseAtRisk, answeredAt: nil)
        #expect(life.fallDue(at: Example.respondBy, answeredAt: Example.respondBy - .tick) == "rejected")
        #expect(life.refundCase.deadlines.response == .met)
    }

    @Test("an approved case calls for attention at the instant of the refund's deadline, and not before")
    func refundIsMissed() {
        var life = CaseLife(policy: .example(maxAttempts: 1_000))
        life.add(.succeeded(.revoke, at: Example.receivedAt), at: Example.receivedAt)
        while let due = life.refundCase.dueAt, due < Example.refundBy - .hours(13) { life.fallDue(at: due) }
        #expect(life.refundCase.deadlines.refund == .atRisk)
        #expect(!life.fallDue(at: Example.refundBy - .tick).contains("alert"))
        #expect(life.status == .approved)
        #expect(life.fallDue(at: Example.refundBy) == "attention: alert refund_missed")
        #expect(life.refundCase.deadlines.refund == .missed)
    }

    @Test("a case in attention keeps its deadlines")
    func attentionKeepsDeadlines() {
        var life = Situation.payoutFailed.life
        life.add(.succeeded(.revoke, at: Example.receivedAt), at: Example.later)
        #expect(life.fallDue(at: Example.responseAtRisk) == "attention")
        #expect(life.fallDue(at: Example.refundAtRisk) == "attention: alert refund_at_risk")
        #expect(life.fallDue(at: Example.refundBy) == "attention: alert refund_missed")
        #expect(life.refundCase.dueAt == nil)
    }

    @Test("a review in the deadline's last microsecond answers in time, and one at the deadline does not")
    func reviewsAtDeadline() {
        var early = CaseLife(.example(dispute: .open))
        early.add(.reviewed(.reject), at: Example.respondBy - .tick)
        #expect(early.transcript.last == "rejected: notice rejected")
        var late = CaseLife(.example(dispute: .open))
        late.add(.reviewed(.reject), at: Example.respondBy)
        #expect(late.transcript.last == "rejected: notice rejected, alert response_missed")
    }
}
