import RefundCase
import RefundPolicy
import TestSupport
import Testing

/// Replies come at least once and in any order; each key has one truth, by the other side's own clock.
struct ReplyOrderTests {
    private let start = Example.receivedAt

    private func later(_ minutes: Int) -> Instant { start + .minutes(minutes) }

    /// A case whose payout has failed under the keys up to one before `key`, which is out; the failures occurred in
    /// minutes 10, 20 and so on.
    private func life(payoutKey key: Int, keyless: Bool = false) -> CaseLife {
        var life = CaseLife()
        life.add(.succeeded(.revoke, at: start), at: start)
        for failed in 1..<key {
            let now = later(10 * failed)
            life.add(.failed(.payout, key: keyless ? 0 : failed, at: now), at: now)
            life.fallDue(at: life.refundCase.dueAt ?? now)
        }
        return life
    }

    @Test("a repeated reply changes nothing, with or without its key", arguments: [0, 1])
    func repeats(_ key: Int) {
        var life = life(payoutKey: 1)
        life.add(.failed(.payout, key: key, at: later(1)), at: later(1))
        #expect(life.add(.failed(.payout, key: key, at: later(1)), at: later(2)) == "unchanged")
        #expect(life.add(.failed(.payout, key: 1, at: later(1)), at: later(2)) == "unchanged")
        #expect(life.add(.succeeded(.payout, key: key, at: later(3)), at: later(3)) == "settled: notice settled")
        #expect(life.add(.succeeded(.payout, key: key, at: later(3)), at: later(4)) == "unchanged")
        #expect(life.add(.failed(.payout, key: key, at: later(1)), at: later(5)) == "unchanged")
    }

    @Test("one failure of a key is answered once, in whatever words it is told")
    func failsOnce() {
        var life = life(payoutKey: 1)
        life.add(.failed(.payout, at: later(1)), at: later(1))
        let known = life.refundCase
        let again = CaseEvent.failed(.payout, at: later(2), retryable: false, code: "other")
        // Nothing follows; that it was so later is kept, and told once more it is nothing new.
        #expect(life.add(again, at: later(2)) == "approved")
        #expect(life.refundCase.state.fulfilment?.payout?.progress == known.state.fulfilment?.payout?.progress)
        #expect(life.refundCase.dueAt == known.dueAt)
        #expect(life.add(again, at: later(3)) == "unchanged")
        #expect(life.add(.failed(.payout, at: later(1)), at: later(3)) == "unchanged")
    }

    @Test("an earlier key's later failure makes its older success not count, in whatever order the two are told")
    func olderKeyFailsLater() {
        var life = life(payoutKey: 2)
        #expect(life.add(.failed(.payout, key: 1, at: later(14)), at: later(15)) == "approved")
        #expect(life.add(.failed(.payout, key: 1, at: later(14)), at: later(16)) == "unchanged")
        #expect(life.add(.succeeded(.payout, key: 1, at: later(12)), at: later(17)) == "unchanged")
        #expect(life.add(.succeeded(.payout, key: 2, at: later(18)), at: later(18)) == "settled: notice settled")
    }

    @Test("a failure without its key may be of an earlier key's copy: the current key goes out again, and no third one")
    func unclearFailure() {
        var life = CaseLife()
        life.add(.succeeded(.revoke, at: start), at: start)
        // The first key was sent twice; one of its copies has failed.
        life.fallDue(at: life.refundCase.dueAt ?? start)
        let first = life.refundCase.dueAt.map { $0 - .minutes(1) } ?? start
        life.add(.failed(.payout, key: 0, at: first), at: first)
        #expect(life.fallDue(at: life.refundCase.dueAt ?? first) == "approved: payout#2")
        // So does the other.
        let second = first + .minutes(20)
        #expect(life.add(.failed(.payout, key: 0, at: second), at: second) == "approved")
        #expect(life.fallDue(at: life.refundCase.dueAt ?? second) == "approved: payout again, attempt 2")
        #expect(life.add(.failed(.payout, key: 0, at: second), at: second + .hours(1)) == "unchanged")
        let named = second + .hours(2)
        #expect(life.add(.failed(.payout, key: 2, at: named), at: named) == "approved")
        #expect(life.fallDue(at: life.refundCase.dueAt ?? named) == "approved: payout#3", "this one is clear")
    }

    @Test("a bounce without its key is known when it is said again, although an earlier key had been sent twice")
    func keylessBounceAgain() {
        var life = CaseLife()
        life.fallDue(at: life.refundCase.dueAt ?? start)
        life.add(.failed(.revoke, at: later(20)), at: later(20))
        life.fallDue(at: life.refundCase.dueAt ?? start)
        life.add(.succeeded(.revoke, key: 2, at: later(40)), at: later(40))
        let bounce = CaseEvent.failed(.revoke, key: 0, at: later(50))
        #expect(life.add(bounce, at: later(50)) == "attention: alert revoke_bounced")
        #expect(life.add(bounce, at: later(51)) == "unchanged")
        life.add(.reviewed(.close), at: later(60))
        #expect(life.add(bounce, at: later(70)) == "unchanged")
    }

    @Test("an unclear failure is known when it is said again, after a success and after a close")
    func unclearFailureAgain() {
        var life = CaseLife()
        life.add(.succeeded(.revoke, at: start), at: start)
        life.fallDue(at: life.refundCase.dueAt ?? start)
        life.add(.failed(.payout, key: 0, at: later(20)), at: later(20))
        life.fallDue(at: life.refundCase.dueAt ?? start)
        let unclear = CaseEvent.failed(.payout, key: 0, at: later(50), retryable: false)
        #expect(life.add(unclear, at: later(50)) == "attention: alert payout_failed")
        var paid = life
        #expect(paid.add(.succeeded(.payout, key: 2, at: later(45)), at: later(60)) == "settled: notice settled")
        #expect(paid.add(unclear, at: later(70)) == "unchanged")
        life.add(.reviewed(.close), at: later(60))
        #expect(life.add(unclear, at: later(70)) == "unchanged")
    }

    @Test("what failed twice before a close is no news after it, and an older success does not count")
    func failsTwiceBeforeClose() {
        var life = life(payoutKey: 1)
        life.add(.failed(.payout, at: later(1), retryable: false), at: later(1))
        life.add(.failed(.payout, at: later(3), retryable: false), at: later(3))
        life.add(.reviewed(.close), at: later(4))
        #expect(life.add(.failed(.payout, at: later(1), retryable: false), at: later(5)) == "unchanged")
        #expect(life.add(.failed(.payout, at: later(3), retryable: false), at: later(5)) == "unchanged")
        #expect(life.add(.succeeded(.payout, at: later(2)), at: later(5)) == "unchanged")
    }

    @Test("a failure and a later success come to the same in either order")
    func successIsLater() {
        var inOrder = life(payoutKey: 1)
        inOrder.add(.failed(.payout, at: later(1)), at: later(3))
        inOrder.add(.succeeded(.payout, at: later(2)), at: later(3))
        var reversed = life(payoutKey: 1)
        reversed.add(.succeeded(.payout, at: later(2)), at: later(3))
        #expect(reversed.add(.failed(.payout, at: later(1)), at: later(3)) == "unchanged")
        #expect(inOrder.status == .settled)
        #expect(reversed.status == .settled)
        #expect(
            inOrder.refundCase.state.fulfilment?.payout?.success
                == reversed.refundCase.state.fulfilment?.payout?.success)
    }

    @Test("a success from before the failure of its key does not count, in either order")
    func failureIsLater() {
        var inOrder = life(payoutKey: 1)
        inOrder.add(.succeeded(.payout, at: later(1)), at: later(3))
        #expect(inOrder.add(.failed(.payout, at: later(2)), at: later(3)) == "attention: alert payout_bounced")
        #expect(inOrder.add(.succeeded(.payout, at: later(1)), at: later(4)) == "unchanged")
        var reversed = life(payoutKey: 1)
        reversed.add(.failed(.payout, at: later(2)), at: later(3))
        #expect(reversed.add(.succeeded(.payout, at: later(1)), at: later(3)) == "unchanged")
        #expect(reversed.status == .approved)
    }

    /// Found by an hour's drill: the later success was dropped as known, and was news when it was said again after a close.
    @Test("a success, a failure and a later success come to the same in whatever order the last two are told")
    func succeedsAgain() {
        var inOrder = life(payoutKey: 1)
        inOrder.add(.succeeded(.payout, at: later(1)), at: later(4))
        inOrder.add(.failed(.payout, at: later(2)), at: later(4))
        inOrder.add(.succeeded(.payout, at: later(3)), at: later(4))
        var reversed = life(payoutKey: 1)
        reversed.add(.succeeded(.payout, at: later(1)), at: later(4))
        #expect(reversed.add(.succeeded(.payout, at: later(3)), at: later(4)) == "settled")
        #expect(reversed.add(.failed(.payout, at: later(2)), at: later(4)) == "unchanged")
        #expect(reversed.add(.succeeded(.payout, at: later(3)), at: later(5)) == "unchanged")
        #expect(inOrder.status == .settled)
        #expect(reversed.status == .settled)
        #expect(reversed.refundCase.state.fulfilment?.payout?.success?.occurredAt == later(1))
        #expect(reversed.add(.failed(.payout, at: later(6)), at: later(6)) == "attention: alert payout_bounced")
        #expect(reversed.add(.succeeded(.payout, at: later(3)), at: later(7)) == "unchanged")
    }

    @Test("a success and a failure of the same instant count as a success, in either order")
    func sameInstant() {
        var life = life(payoutKey: 1)
        life.add(.failed(.payout, at: later(1)), at: later(1))
        #expect(life.add(.succeeded(.payout, at: later(1)), at: later(2)) == "settled: notice settled")
        #expect(life.add(.failed(.payout, at: later(1)), at: later(3)) == "unchanged")
    }

    @Test(
        "an older key's success from before its failure does not count, however many keys have failed since",
        arguments: [0, 1, 2])
    func oldSuccess(_ key: Int) {
        var life = life(payoutKey: 3)
        #expect(life.add(.succeeded(.payout, key: key, at: later(5)), at: later(30)) == "unchanged")
        #expect(life.status == .approved)
    }

    @Test(
        "a bounced key's success does not come back to life when it is told again after another key failed",
        arguments: [0, 1])
    func bouncedSuccessIsRepeated(_ key: Int) {
        var life = life(payoutKey: 1)
        life.add(.succeeded(.payout, key: key, at: later(1)), at: later(1))
        life.add(.failed(.payout, key: key, at: later(2)), at: later(2))
        life.add(.retried(), at: later(3))
        #expect(life.effects.map(\.summary) == ["payout#2"])
        #expect(life.add(.succeeded(.payout, key: key, at: later(1)), at: later(4)) == "unchanged")
        life.add(.failed(.payout, key: 2, at: later(5), retryable: false), at: later(5))
        #expect(life.add(.succeeded(.payout, key: key, at: later(1)), at: later(6)) == "unchanged")
        #expect(life.add(.failed(.payout, key: key, at: later(2)), at: later(6)) == "unchanged")
        life.add(.retried(), at: later(7))
        #expect(life.effects.map(\.summary) == ["payout#3"])
    }

    @Test("an older key that succeeds after its failure settles the case")
    func olderKeySucceeds() {
        var life = life(payoutKey: 2)
        #expect(life.add(.succeeded(.payout, key: 1, at: later(11)), at: later(30)) == "settled: notice settled")
        #expect(life.add(.failed(.payout, key: 2, at: later(31)), at: later(31)) == "unchanged", "key 1 has paid")
        #expect(life.add(.failed(.payout, key: 1, at: later(32)), at: later(32)) == "attention: alert payout_bounced")
        #expect(life.add(.succeeded(.payout, key: 1, at: later(11)), at: later(33)) == "unchanged")
    }

    /// Found by the simulator (seed 3240): the bounce was dropped, the older success believed, and the bounce's replay
    /// then reopened the case.
    @Test(
        "a bounce that comes after a person has closed the case makes an older success of its key not count",
        arguments: [0, 1], [false, true])
    func bouncesAfterClose(_ key: Int, _ hasFailedBefore: Bool) {
        var life = life(payoutKey: 1)
        if hasFailedBefore { life.add(.failed(.payout, key: 1, at: later(1), retryable: false), at: later(1)) }
        life.fallDue(at: Example.refundBy)
        #expect(life.status == .attention)
        life.add(.reviewed(.close), at: Example.refundBy)
        let now = Example.refundBy + .hours(1)
        let bounce = CaseEvent.failed(.payout, key: key, at: later(3), retryable: false, code: "bounced")
        #expect(life.add(bounce, at: now) == "settled")
        #expect(life.add(bounce, at: now) == "unchanged")
        #expect(life.add(.succeeded(.payout, key: key, at: later(2)), at: now) == "unchanged")
        #expect(life.add(bounce, at: now) == "unchanged")
        #expect(life.status == .settled)
        #expect(life.add(.succeeded(.payout, key: key, at: later(4)), at: now) == "settled: alert payout_done_twice")
    }

    @Test("two keys that succeed call a person, once")
    func doneTwice() {
        var life = life(payoutKey: 2)
        life.add(.succeeded(.payout, key: 1, at: later(11)), at: later(30))
        #expect(
            life.add(.succeeded(.payout, key: 2, at: later(31)), at: later(31)) == "settled: alert payout_done_twice")
        #expect(life.add(.succeeded(.payout, key: 2, at: later(31)), at: later(32)) == "unchanged")
    }

    @Test("an older key's failure is known, with or without its key", arguments: [(1, false), (0, true)])
    func olderFailure(_ key: Int, _ keyless: Bool) {
        var life = life(payoutKey: 2, keyless: keyless)
        #expect(life.add(.failed(.payout, key: key, at: later(10)), at: later(30)) == "unchanged")
        #expect(life.add(.failed(.payout, key: 0, at: later(31)), at: later(31)) == "approved", "the current key's")
    }

    @Test("a key that was never sent is not known", arguments: [2, 1_000_000])
    func unknownKey(_ key: Int) {
        var life = life(payoutKey: 1)
        #expect(life.add(.succeeded(.payout, key: key, at: later(1)), at: later(1)) == "refused: not_applicable")
        #expect(life.add(.failed(.payout, key: key, at: later(1)), at: later(1)) == "refused: not_applicable")
    }

    @Test("replies tell nothing about the answer's deadline, which was met before the store was asked")
    func leavesResponseAlone() {
        var life = CaseLife()
        #expect(life.add(.succeeded(.revoke, at: start), at: Example.respondBy + .hours(1)) == "approved")
        #expect(life.add(.failed(.payout, at: start), at: Example.respondBy + .hours(1)) == "approved")
        #expect(life.fallDue(at: Example.respondBy + .hours(1)) == "approved")
        #expect(life.refundCase.deadlines.response == .met)
    }

    @Test(
        "the refund's deadline is met by when it occurred, and never by a time to come",
        arguments: [
            (Example.refundBy, Example.refundBy, Deadlines.Standing.met),
            (Example.refundBy, Example.refundBy + .hours(1), .met),
            (Example.refundBy + .tick, Example.refundBy + .tick, .missed),
            (Example.refundBy + .hours(9), Example.refundBy, .met),
        ])
    func meetsRefundDeadline(_ occurredAt: Instant, _ now: Instant, _ expected: Deadlines.Standing) {
        var life = life(payoutKey: 1)
        life.add(.succeeded(.payout, at: occurredAt), at: now)
        #expect(life.refundCase.deadlines.refund == expected)
        #expect(life.status == .settled)
    }
}
