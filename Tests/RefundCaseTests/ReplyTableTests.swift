import RefundCase
import RefundPolicy
import TestSupport
import Testing

/// The table of contract § 4: what is told of a key, and what then, for both commands.
struct ReplyTableTests {
    private let start = Example.receivedAt

    private func later(_ minutes: Int) -> Instant { start + .minutes(minutes) }

    /// A case whose other command has succeeded; this one's keys before `key` have failed, and `key` is out.
    private func life(_ kind: CommandKind, key: Int = 1, broker: Whereabouts = .out) -> CaseLife {
        var life = CaseLife()
        life.add(.succeeded(kind.other, at: start), at: start)
        for failed in 1..<key {
            let now = life.refundCase.dueAt.map { min($0, later(failed)) } ?? later(failed)
            life.add(.failed(kind, key: failed, at: now), at: now)
            life.broker = broker
            life.fallDue(at: life.refundCase.dueAt ?? now)
        }
        life.broker = .out
        return life
    }

    /// Both keys of a command stand.
    private func twice(_ kind: CommandKind) -> CaseLife {
        var life = life(kind, key: 2)
        life.add(.succeeded(kind, key: 1, at: later(5)), at: later(5))
        life.add(.succeeded(kind, key: 2, at: later(6)), at: later(6))
        return life
    }

    private func settled(_ kind: CommandKind) -> Outcome { "settled: notice settled" }

    private func outcome(_ status: String, _ effects: String...) -> Outcome {
        Outcome(status + (effects.isEmpty ? "" : ": ") + effects.joined(separator: ", "))
    }

    @Test("a success that comes first settles, and nothing is sent any more", arguments: CommandKind.allCases)
    func succeeds(_ kind: CommandKind) {
        var life = life(kind)
        #expect(life.meets(.succeeded(kind, at: later(1)), at: later(1)) == "settled: notice settled")
        #expect(life.sends(until: Example.refundBy) == [])
    }

    @Test(
        "a success after a failure counts, whatever its clock says", arguments: CommandKind.allCases,
        [-86_400, -120, -2, 0, 2, 86_400, 86_400 * 30_000])
    func succeedsAfterFailure(_ kind: CommandKind, _ seconds: Int) {
        for isRetryable in [true, false] {
            var life = life(kind)
            let failed = life.meets(.failed(kind, at: later(1), retryable: isRetryable), at: later(1))
            #expect(failed == (isRetryable ? "approved" : outcome("attention", kind.alert("failed", 1))))
            let occurredAt = later(1) + .seconds(seconds)
            #expect(life.meets(.succeeded(kind, at: occurredAt), at: later(1)) == "settled: notice settled")
            #expect(life.sends(until: Example.refundBy) == [])
        }
    }

    @Test(
        "an older key's success ends the command, and the one that is out is in doubt", arguments: CommandKind.allCases)
    func olderSucceeds(_ kind: CommandKind) {
        var life = life(kind, key: 2)
        #expect(
            life.meets(.succeeded(kind, key: 1, at: start), at: later(5))
                == outcome("settled", "notice settled", kind.alert("in_doubt", 2)))
        #expect(life.sends(until: Example.refundBy) == [])
    }

    @Test("a key in doubt is told once, however often another stands beside it", arguments: CommandKind.allCases)
    func doubtIsToldOnce(_ kind: CommandKind) {
        var life = life(kind, key: 2)
        #expect(
            life.meets(.succeeded(kind, key: 1, at: start), at: later(5)).effects.contains(kind.alert("in_doubt", 2)))
        _ = life.meets(.failed(kind, key: 1, at: later(6)), at: later(6))
        let again = life.meets(.succeeded(kind, key: 1, at: later(7)), at: later(7))
        #expect(!again.effects.contains { $0.contains("in_doubt") })
        #expect(again.effects.contains(kind.alert("contradicted", 1)))
    }

    @Test("one that a worker has in its memory is in doubt as well", arguments: CommandKind.allCases)
    func olderSucceedsMeanwhile(_ kind: CommandKind) {
        var life = life(kind, key: 2, broker: .onItsWay)
        let outcome = life.meets(.succeeded(kind, key: 1, at: start), at: later(5))
        #expect(outcome.effects.contains(kind.alert("in_doubt", 2)))
        #expect(life.sends(until: Example.refundBy) == [])
    }

    @Test("one that the broker never had is taken back, without a word", arguments: CommandKind.allCases)
    func takesBack(_ kind: CommandKind) {
        var life = life(kind, key: 2, broker: .unsent)
        #expect(
            life.meets(.succeeded(kind, key: 1, at: start), at: later(5))
                == outcome("settled", "notice settled", "\(kind.rawValue) taken back"))
        #expect(life.sends(until: Example.refundBy) == [])
    }

    @Test("a key that had bounced stands again, and a person is called", arguments: CommandKind.allCases)
    func standsAgain(_ kind: CommandKind) {
        var life = life(kind)
        life.add(.succeeded(kind, at: later(1)), at: later(1))
        life.add(.failed(kind, at: later(2)), at: later(2))
        let outcome = life.meets(.succeeded(kind, at: later(3)), at: later(3))
        #expect(outcome.status == "settled")
        #expect(outcome.effects.contains(kind.alert("contradicted", 1)))
        #expect(outcome.effects.contains("notice settled.2") == (kind == .payout))
        #expect(life.sends(until: Example.refundBy) == [])
    }

    @Test("a second key that succeeds stands, too, and the customer hears nothing new", arguments: CommandKind.allCases)
    func doneTwice(_ kind: CommandKind) {
        var life = life(kind, key: 2)
        life.add(.succeeded(kind, key: 1, at: later(5)), at: later(5))
        #expect(
            life.meets(.succeeded(kind, key: 2, at: later(6)), at: later(6))
                == outcome("settled", kind.alert("done_twice", 2)))
    }

    @Test("a failure of the current key is answered by the next one after the backoff", arguments: CommandKind.allCases)
    func failsForNow(_ kind: CommandKind) throws {
        var life = life(kind)
        #expect(life.meets(.failed(kind, at: later(1)), at: later(1)) == "approved")
        let due = try #require(life.refundCase.dueAt)
        #expect(due >= later(1) + .seconds(48) && due <= later(1) + .seconds(72))
        life.fallDue(at: due)
        #expect(life.effects.map(\.summary) == ["\(kind.rawValue)#2"])
    }

    @Test(
        "or by a person, when it failed for good or at the last attempt", arguments: CommandKind.allCases,
        [true, false])
    func failsForGood(_ kind: CommandKind, _ isLast: Bool) {
        var life = CaseLife(policy: .example(maxAttempts: isLast ? 1 : 8))
        life.add(.succeeded(kind.other, at: start), at: start)
        #expect(
            life.meets(.failed(kind, at: later(1), retryable: isLast), at: later(1))
                == outcome("attention", kind.alert("failed", 1)))
        #expect(life.sends(until: Example.refundBy) == [])
    }

    @Test("a failure of the unanswered key while another stands ends the doubt", arguments: CommandKind.allCases)
    func doubtEnds(_ kind: CommandKind) {
        for isRetryable in [true, false] {
            var life = life(kind, key: 2)
            life.add(.succeeded(kind, key: 1, at: later(5)), at: later(5))
            #expect(
                life.meets(.failed(kind, key: 2, at: later(6), retryable: isRetryable), at: later(6)) == "settled")
            #expect(life.sends(until: Example.refundBy) == [])
        }
    }

    @Test(
        "a failure of an older key that does not stand is recorded, and no key follows", arguments: CommandKind.allCases
    )
    func olderFails(_ kind: CommandKind) {
        var life = life(kind, key: 2)
        let now = later(4)
        life.add(.failed(kind, key: 1, at: now, retryable: false, code: "late"), at: now)
        #expect(life.effects == [])
        #expect(life.status == .approved)
        let sent = life.sends(until: now + .hours(1))
        #expect(sent.allSatisfy { $0.hasPrefix("\(kind.rawValue) again") }, "\(sent)")
    }

    @Test("of two that stand, one that bounces was done once too often", arguments: CommandKind.allCases, [1, 2])
    func undoneOnce(_ kind: CommandKind, _ key: Int) {
        var life = twice(kind)
        #expect(
            life.meets(.failed(kind, key: key, at: later(7)), at: later(7)) == outcome("settled", kind.bounced(key)))
        #expect(life.sends(until: Example.refundBy) == [])
    }

    @Test("and when the other one bounces as well, the money is owed", arguments: CommandKind.allCases)
    func undoneTwice(_ kind: CommandKind) {
        var life = twice(kind)
        life.add(.failed(kind, key: 1, at: later(7)), at: later(7))
        let outcome = life.meets(.failed(kind, key: 2, at: later(8)), at: later(8))
        #expect(outcome.status == "attention")
        #expect(outcome.effects.contains(kind.bounced(2)))
        #expect(outcome.effects.contains("notice delayed") == (kind == .payout))
        #expect(life.sends(until: Example.refundAtRisk) == [], "no new key by itself")
    }

    @Test(
        "a failure of the only key that stands is a bounce, whatever its clock says that is not in range and earlier",
        arguments: CommandKind.allCases, ["same", "later", "midnight", "year 1", "2099"])
    func bounces(_ kind: CommandKind, _ clock: String) {
        let occurredAt = [
            "same": later(10), "later": later(11), "midnight": instant("2022-02-22T00:00:00Z"),
            "year 1": instant("0001-01-01T00:00:00Z"), "2099": instant("2099-01-01T00:00:00Z"),
        ][clock]
        var life = life(kind)
        life.add(.succeeded(kind, at: later(10)), at: later(10))
        let bounce = life.meets(.failed(kind, at: occurredAt ?? start, retryable: false), at: later(12))
        #expect(
            bounce
                == (kind == .payout
                    ? outcome("attention", kind.bounced(1), "notice delayed") : outcome("attention", kind.bounced(1))))
        if kind == .payout { #expect(life.refundCase.deadlines.refund != .met) }
        let sent = life.sends(until: Example.refundBy)
        #expect(sent == [], "no new key by itself")
    }

    @Test("a bounce behind a success whose clock is out of range is no contradiction", arguments: CommandKind.allCases)
    func bouncesBehindStrangeSuccess(_ kind: CommandKind) {
        for year in ["1970", "2099"] {
            var life = life(kind)
            life.add(.succeeded(kind, at: instant("\(year)-01-01T00:00:00Z")), at: later(10))
            let outcome = life.meets(.failed(kind, at: later(1), retryable: false), at: later(12))
            #expect(outcome.effects.contains(kind.bounced(1)))
        }
    }

    @Test(
        "where both clocks are in range and the failure's is the earlier, it contradicts",
        arguments: CommandKind.allCases)
    func contradicts(_ kind: CommandKind) {
        var life = life(kind)
        life.add(.succeeded(kind, at: later(10)), at: later(10))
        let outcome = life.meets(.failed(kind, at: later(10) - .tick), at: later(12))
        #expect(outcome.status == "attention")
        #expect(outcome.effects.contains(kind.alert("contradicted", 1)))
        #expect(!outcome.effects.contains(kind.bounced(1)))
        #expect(outcome.effects.contains("notice delayed") == (kind == .payout))
    }

    @Test("the same words again change nothing, at once and after everything else", arguments: CommandKind.allCases)
    func saysAgain(_ kind: CommandKind) {
        let told: [CaseEvent] = [
            .failed(kind, at: later(1)), .succeeded(kind, at: later(2)), .failed(kind, at: later(3)),
            .succeeded(kind, at: later(4)),
        ]
        var life = life(kind)
        for event in told {
            life.add(event, at: later(5))
            #expect(life.meets(event, at: later(5)) == "unchanged")
        }
        for event in told { #expect(life.meets(event, at: later(60)) == "unchanged") }
    }

    @Test("another success of a key that stands writes no event", arguments: CommandKind.allCases)
    func succeedsAgain(_ kind: CommandKind) {
        var life = life(kind)
        life.add(.succeeded(kind, at: later(1)), at: later(1))
        let before = life.refundCase
        for minute in 2..<50 {
            #expect(
                life.meets(.succeeded(kind, at: later(minute), reference: "r\(minute)"), at: later(50)) == "unchanged")
        }
        #expect(life.refundCase == before)
    }

    @Test("a reply of a key that was never sent is not applicable", arguments: CommandKind.allCases, [2, 3, 1_000_000])
    func isUnknown(_ kind: CommandKind, _ key: Int) {
        var life = life(kind)
        #expect(life.meets(.succeeded(kind, key: key, at: later(1)), at: later(1)) == "refused: not_applicable")
        #expect(life.meets(.failed(kind, key: key, at: later(1)), at: later(1)) == "refused: not_applicable")
        var held = CaseLife(policy: .example(payout: .afterRevocation))
        #expect(held.meets(.succeeded(.payout, at: later(1)), at: later(1)) == "refused: not_applicable")
    }

    @Test("a retry makes a new key only when every key's last word is failure", arguments: CommandKind.allCases)
    func retries(_ kind: CommandKind) {
        var failed = life(kind)
        failed.add(.succeeded(kind, at: later(1)), at: later(1))
        failed.add(.failed(kind, at: later(2)), at: later(2))
        failed.add(.retried(), at: later(3))
        #expect(failed.effects.map(\.summary) == ["\(kind.rawValue)#2"])
        // The second key is unanswered when the first one bounces.
        var unanswered = life(kind, key: 2)
        unanswered.add(.succeeded(kind, key: 1, at: later(5)), at: later(5))
        unanswered.add(.failed(kind, key: 1, at: later(6)), at: later(6))
        #expect(unanswered.meets(.retried(), at: later(7)) == outcome("approved", "\(kind.rawValue) again attempt 2"))
    }
}
