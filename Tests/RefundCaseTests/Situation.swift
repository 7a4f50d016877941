import RefundCase
import RefundPolicy
import TestSupport

/// The rows of the table: where a case can be.
enum Situation: CaseIterable {
    case inReview, rejected, withdrawn
    /// Both commands are out.
    case approved
    /// The payout waits for the revocation.
    case waiting
    /// Both commands are held by the policy's `cooling_off`.
    case held
    /// The payout was refused for good, and the revocation's reply is awaited.
    case payoutFailed
    /// The revocation was refused for good, and the payout stands.
    case revokeFailed
    /// Settled, and the payout came back.
    case bounced
    /// Settled, and the access came back.
    case undone
    /// Both were never answered, and given up.
    case unanswered
    /// The refund's deadline has passed, and both are awaited.
    case missed
    case settled
    /// Settled by a person, by other means.
    case closed
    /// No refund was made after all.
    case voided

    static let no: Outcome = "refused: not_applicable"

    private static let then = instant("2022-02-22T09:35:00Z")

    /// When a word comes.
    var now: Instant { self == .missed ? Example.refundBy : Example.later }

    var life: CaseLife {
        let then = Situation.then
        var life: CaseLife
        switch self {
        case .inReview: return CaseLife(.example(dispute: .open))
        case .rejected: return CaseLife(.example(dispute: .lost))
        case .withdrawn:
            life = CaseLife(.example(dispute: .open))
            life.add(.withdrawn(at: then), at: then)
        case .approved: return CaseLife()
        case .waiting: return CaseLife(policy: .example(payout: .afterRevocation))
        case .held: return CaseLife(policy: .example(coolingOff: .hours(1)))
        case .payoutFailed:
            life = CaseLife()
            life.add(.failed(.payout, at: then, retryable: false), at: then)
        case .revokeFailed:
            life = CaseLife()
            life.add(.succeeded(.payout, at: then), at: then)
            life.add(.failed(.revoke, at: then, retryable: false), at: then)
        case .bounced:
            life = Situation.settled.life
            life.add(.failed(.payout, at: then, retryable: false), at: then)
        case .undone:
            life = Situation.settled.life
            life.add(.failed(.revoke, at: then, retryable: false), at: then)
        case .unanswered:
            life = CaseLife(policy: .example(maxAttempts: 1))
            life.pass(until: Example.receivedAt + .minutes(15))
        case .missed:
            life = CaseLife()
            life.fallDue(at: Example.refundBy)
        case .settled:
            life = CaseLife()
            life.add(.succeeded(.revoke, at: then), at: then)
            life.add(.succeeded(.payout, at: then), at: then)
        case .closed:
            life = Situation.payoutFailed.life
            life.add(.reviewed(.close, action: "earlier"), at: then)
        case .voided:
            life = Situation.payoutFailed.life
            life.add(.reviewed(.void, action: "earlier"), at: then)
        }
        return life
    }

    /// What each word comes to; what is not named is not applicable.
    var expected: [Word: Outcome] {
        switch self {
        case .inReview:
            [
                .approve: "approved: revoke#1, payout#1, notice approved", .reject: "rejected: notice rejected",
                .void: "rejected: notice rejected", .withdrawn: "withdrawn: notice withdrawn",
            ]
        case .rejected, .voided: [.withdrawn: "rejected: notice withdrawal_refused"]
        case .withdrawn: [.withdrawn: "unchanged"]
        case .approved:
            [.accessWithdrawn: "approved", .withdrawn: "approved: notice withdrawal_refused"]
        case .waiting:
            [
                .accessWithdrawn: "approved: payout#1", .void: "rejected: notice rejected, alert access_to_restore",
                .withdrawn: "approved: notice withdrawal_refused",
            ]
        case .held:
            [
                .accessWithdrawn: "approved", .void: "rejected: notice rejected",
                .withdrawn: "withdrawn: notice withdrawn",
            ]
        case .payoutFailed:
            [
                .accessWithdrawn: "attention", .close: "settled: notice settled",
                .void: "rejected: notice rejected, alert access_to_restore",
                .retried: "approved: revoke again, attempt 2, payout#2",
                .withdrawn: "attention: notice withdrawal_refused",
            ]
        case .revokeFailed:
            [
                .accessWithdrawn: "settled: notice settled", .close: "settled: notice settled",
                .retried: "approved: revoke#2", .withdrawn: "attention: notice withdrawal_refused",
            ]
        case .bounced:
            [
                .close: "settled: notice settled.2", .void: "rejected: notice rejected, alert access_to_restore",
                .retried: "approved: payout#2", .withdrawn: "attention: notice withdrawal_refused",
            ]
        case .undone:
            [
                .accessWithdrawn: "settled", .close: "settled", .retried: "approved: revoke#2",
                .withdrawn: "attention: notice withdrawal_refused",
            ]
        case .unanswered:
            [
                .accessWithdrawn: "attention", .close: "settled: notice settled",
                .retried: "approved: revoke again, attempt 2, payout again, attempt 2",
                .withdrawn: "attention: notice withdrawal_refused",
            ]
        case .missed:
            [
                .accessWithdrawn: "attention", .close: "settled: notice settled",
                .retried: "attention: revoke again, attempt 3, payout again, attempt 3",
                .withdrawn: "attention: notice withdrawal_refused",
            ]
        case .settled, .closed: [.withdrawn: "settled: notice withdrawal_refused"]
        }
    }
}
