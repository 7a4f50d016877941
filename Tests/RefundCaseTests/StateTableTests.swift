import RefundCase
import RefundPolicy
import TestSupport
import Testing

/// Every state meets every event (contract § 4).
struct StateTableTests {
    @Test("every status of a case is in the table")
    func coversStatuses() {
        #expect(Set(Situation.allCases.map { $0.life.status }) == Set(CaseStatus.allCases))
    }

    @Test("every situation meets every event as the table says", arguments: Situation.allCases)
    func followsTable(_ situation: Situation) throws {
        let row = situation.expected
        for (happening, expected) in zip(Happening.allCases, row) {
            var life = situation.life
            let now = happening == .due ? life.refundCase.dueAt ?? Example.refundBy : Happening.now
            #expect(life.add(happening.event, at: now) == expected, "\(situation) meets \(happening)")
        }
        #expect(row.count == Happening.allCases.count)
    }

    @Test(
        "what is refused or known leaves nothing behind, and what changes counts one event",
        arguments: Situation.allCases)
    func countsEvents(_ situation: Situation) {
        for happening in Happening.allCases {
            var life = situation.life
            let before = life.refundCase
            let summary = life.add(happening.event, at: Happening.now)
            if summary == "unchanged" || summary.hasPrefix("refused") {
                #expect(life.refundCase == before)
            } else {
                #expect(life.refundCase.eventCount == before.eventCount + 1)
            }
        }
    }
}

/// The columns of the table, in its order.
enum Happening: CaseIterable {
    case revokeSucceeds, payoutSucceeds, revokeFails, revokeRefused, payoutFails, payoutRefused
    case withdrawn, approve, reject, close, retried, due

    static let now = Example.later

    var event: CaseEvent {
        switch self {
        case .revokeSucceeds: .succeeded(.revoke, at: Happening.now)
        case .payoutSucceeds: .succeeded(.payout, at: Happening.now)
        case .revokeFails: .failed(.revoke, at: Happening.now)
        case .revokeRefused: .failed(.revoke, at: Happening.now, retryable: false)
        case .payoutFails: .failed(.payout, at: Happening.now)
        case .payoutRefused: .failed(.payout, at: Happening.now, retryable: false)
        case .withdrawn: .withdrawn(at: Happening.now)
        case .approve: .reviewed(.approve)
        case .reject: .reviewed(.reject)
        case .close: .reviewed(.close)
        case .retried: .retried()
        case .due: .fellDue(.allOut())
        }
    }
}

/// The rows of the table.
enum Situation: CaseIterable {
    case inReview, rejected, withdrawn
    case approved
    /// Approved, and the payout waits for the revocation.
    case waiting
    /// The payout was refused for good, and the revocation's reply is awaited.
    case attention
    case settled
    /// Settled by a person out of `attention`.
    case closed

    private static let then = instant("2022-02-22T09:35:00Z")

    var life: CaseLife {
        var life: CaseLife
        switch self {
        case .inReview: life = CaseLife(.example(dispute: .open))
        case .rejected: life = CaseLife(.example(dispute: .lost))
        case .withdrawn:
            life = CaseLife(.example(dispute: .open))
            life.add(.withdrawn(at: Situation.then), at: Situation.then)
        case .approved: life = CaseLife()
        case .waiting: life = CaseLife(policy: .example(payout: .afterRevocation))
        case .attention:
            life = CaseLife()
            life.add(.failed(.payout, at: Situation.then, retryable: false), at: Situation.then)
        case .settled:
            life = CaseLife()
            life.add(.succeeded(.revoke, at: Situation.then), at: Situation.then)
            life.add(.succeeded(.payout, at: Situation.then), at: Situation.then)
        case .closed:
            life = Situation.attention.life
            life.add(.reviewed(.close), at: Situation.then)
        }
        return life
    }

    /// What each happening comes to.
    var expected: [String] {
        let no = "refused: not_applicable"
        let noReplies = [no, no, no, no, no, no]
        return switch self {
        case .inReview:
            noReplies + [
                "withdrawn: notice withdrawn", "approved: revoke#1, payout#1, notice approved",
                "rejected: notice rejected", no, no, "in_review: alert response_at_risk",
            ]
        case .rejected:
            noReplies + ["rejected: notice withdrawal_refused", no, no, no, no, "rejected"]
        case .withdrawn:
            noReplies + ["unchanged", no, no, no, no, "unchanged"]
        case .approved:
            [
                "approved", "approved", "approved", "attention: alert revoke_failed", "approved",
                "attention: alert payout_failed", "approved: notice withdrawal_refused", no, no, no, no,
                "approved: revoke again, attempt 2, payout again, attempt 2",
            ]
        case .waiting:
            [
                "approved: payout#1", no, "approved", "attention: alert revoke_failed", no, no,
                "withdrawn: notice withdrawn, alert revoke_after_withdrawal", no, no, no, no,
                "approved: revoke again, attempt 2",
            ]
        case .attention:
            [
                "attention", "attention", "attention", "attention: alert revoke_failed", "attention", "attention",
                "attention: notice withdrawal_refused", no, no, "settled: payout taken back, notice settled",
                "approved: revoke again, attempt 2, payout#2", "attention: revoke again, attempt 2",
            ]
        case .settled:
            [
                "settled", "settled", "attention: alert revoke_bounced", "attention: alert revoke_bounced",
                "attention: alert payout_bounced", "attention: alert payout_bounced",
                "settled: notice withdrawal_refused", no, no, no, no, "settled",
            ]
        case .closed:
            [
                "settled", "settled: alert payout_done_twice", "settled", "settled", "settled", "settled",
                "settled: notice withdrawal_refused", no, no, "unchanged", no, "settled",
            ]
        }
    }
}
