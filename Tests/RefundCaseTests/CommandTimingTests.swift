import RefundCase
import RefundPolicy
import TestSupport
import Testing

/// When commands are sent again (contract § 5, `commands`).
struct CommandTimingTests {
    private let start = Example.receivedAt

    private func payout(_ life: CaseLife) throws -> Command {
        try #require(life.refundCase.state.fulfilment?.payout)
    }

    @Test("a command without a reply is sent again after reply_within, and not a microsecond before")
    func waitsForReply() {
        var life = CaseLife()
        let due = start + .minutes(15)
        #expect(life.refundCase.dueAt == due)
        #expect(life.fallDue(at: due - .tick) == "unchanged")
        #expect(life.fallDue(at: due) == "approved: revoke again, attempt 2, payout again, attempt 2")
        #expect(life.fallDue(at: due) == "unchanged")
    }

    @Test("a reply may take business days")
    func waitsForBusinessDays() {
        var policy = PolicyVersion.example()
        policy.commands.replyWithin = .businessDays(4)
        let life = CaseLife(policy: policy)
        // From Tuesday, 22 February, over a weekend.
        #expect(life.refundCase.state.fulfilment?.payout?.dueAt == instant("2022-02-28T09:30:01Z"))
    }

    @Test("a re-send keeps the key, the message and the time of issue")
    func keepsIdentity() throws {
        var life = CaseLife()
        let before = try payout(life)
        life.fallDue(at: start + .minutes(15))
        let after = try payout(life)
        #expect(after.key == before.key)
        #expect(after.keys == before.keys || after.keys.count == before.keys.count)
        #expect(life.effects.contains(.resend(.payout, MessageOrdinal(1), attempt: 2)))
        #expect(life.refundCase.messageCount == 3)
    }

    @Test("the backoff is added from the second attempt on: doubling, within the jitter, up to the cap")
    func backsOff() {
        var life = CaseLife(policy: .example(maxAttempts: 40))
        life.add(.succeeded(.revoke, at: start), at: start)
        var expected = 60.0
        var now = start + .minutes(15)
        for attempt in 2..<40 {
            life.fallDue(at: now)
            guard let due = life.refundCase.state.fulfilment?.payout?.dueAt else {
                Issue.record("attempt \(attempt) is awaited no more")
                return
            }
            let wait = Double((due - now - .minutes(15)).microseconds) / 1_000_000
            #expect(wait >= expected * 0.8 - 0.001 && wait <= min(expected * 1.2, 43_200) + 0.001, "attempt \(attempt)")
            expected = min(expected * 2, 43_200)
            now = due
        }
    }

    @Test("a failed command's next key goes out after the backoff's first wait, and not at once")
    func waitsAfterFailure() throws {
        var life = CaseLife()
        life.add(.succeeded(.revoke, at: start), at: start)
        life.add(.failed(.payout, at: start), at: start)
        let due = try #require(life.refundCase.dueAt)
        #expect(due >= start + .seconds(48) && due <= start + .seconds(72))
        #expect(life.fallDue(at: due - .tick) == "unchanged")
        #expect(life.fallDue(at: due) == "approved: payout#2")
        let command = try payout(life)
        #expect(command.key == 2)
        #expect(life.effects == [.send(.command(.payout, key: 2), at: MessageOrdinal(3))])
        #expect(command.attempts == 2)
    }

    @Test("the jitter spreads the cases of one outage")
    func spreads() {
        let waits = (0..<100).map { number in
            var life = CaseLife(.example(id: "rr-\(number)"))
            life.add(.succeeded(.revoke, at: start), at: start)
            life.add(.failed(.payout, at: start), at: start)
            return life.refundCase.dueAt
        }
        #expect(Set(waits).count > 95)
        let early = waits.compactMap { $0 }.filter { $0 < start + .minutes(1) }.count
        #expect((30...70).contains(early))
    }

    @Test("waiting for the broker spends no attempt and makes no event")
    func waitsForBroker() throws {
        var life = CaseLife(policy: .example(maxAttempts: 1), broker: .unsent)
        life.confirm(.revoke)
        life.add(.succeeded(.revoke, at: start), at: start)
        let before = life.refundCase
        for minutes in stride(from: 15, to: 2 * 24 * 60, by: 15) {
            let now = start + .minutes(minutes)
            #expect(life.fallDue(at: now, answeredAt: nil) == "waits until \(now + .minutes(15))")
            #expect(life.refundCase == before)
        }
        life.confirmAll()
        while life.status == .approved, let due = life.refundCase.dueAt { life.fallDue(at: due) }
        #expect(life.transcript.last == "attention: alert payout_unanswered/payout#1")
    }

    @Test("beside a command that acts, one that waits for the broker spends no attempt")
    func waitsBeside() throws {
        var life = CaseLife(broker: .unsent)
        life.confirm(.revoke)
        #expect(life.fallDue(at: start + .minutes(15), answeredAt: nil) == "approved: revoke again, attempt 2")
        #expect(try payout(life).attempts == 1)
        #expect(try payout(life).dueAt == start + .minutes(30))
    }

    @Test("a wait ends with whatever comes first: here the other command's next try")
    func waitsUntilTheNext() throws {
        var life = CaseLife(broker: .unsent)
        life.confirm(.revoke)
        life.add(.failed(.revoke, at: start), at: start + .seconds(870))
        let retry = try #require(life.refundCase.state.fulfilment?.revocation.dueAt)
        #expect(life.fallDue(at: start + .minutes(15), answeredAt: nil) == "waits until \(retry)")
    }

    @Test("a reply is waited for from the broker's confirm on")
    func waitsFromTheConfirm() {
        let life = CaseLife()
        let facts = PublicationFacts()
        let due = start + .minutes(15)
        let usual = CommandConfirms(revocation: start + .seconds(1), payout: start + .seconds(60))
        #expect(life.refundCase.waitingForReplies(facts, confirmed: usual, at: due) == facts)
        let late = CommandConfirms(revocation: start + .seconds(1), payout: start + .minutes(10))
        let waiting = PublicationFacts(payout: .onItsWay)
        #expect(life.refundCase.waitingForReplies(facts, confirmed: late, at: due) == waiting)
        #expect(life.refundCase.waitingForReplies(facts, confirmed: late, at: due + .minutes(10)) == facts)
        #expect(life.refundCase.waitingForReplies(facts, confirmed: CommandConfirms(), at: due) == facts)
    }

    @Test("a command is sent max_attempts times in all, whether it fails or is not answered", arguments: 1...4)
    func givesUp(_ maxAttempts: Int) {
        var silent = CaseLife(policy: .example(maxAttempts: maxAttempts))
        silent.add(.succeeded(.revoke, at: start), at: start)
        while silent.status == .approved, let due = silent.refundCase.dueAt { silent.fallDue(at: due) }
        #expect(silent.transcript.filter { $0.contains("payout again") }.count == maxAttempts - 1)
        #expect(silent.transcript.last == "attention: alert payout_unanswered/payout#1")
        var failing = CaseLife(policy: .example(maxAttempts: maxAttempts))
        failing.add(.succeeded(.revoke, at: start), at: start)
        var now = start
        for key in 1...maxAttempts {
            failing.add(.failed(.payout, key: key, at: now + .seconds(1)), at: now + .seconds(1))
            guard key < maxAttempts, let due = failing.refundCase.dueAt else { continue }
            failing.fallDue(at: due)
            now = due
        }
        #expect(failing.transcript.last == "attention: alert payout_failed/payout#\(maxAttempts)")
        #expect(failing.refundCase.state.fulfilment?.payout?.key == maxAttempts)
    }

    @Test("a failure for good is not tried again")
    func refusedForGood() {
        var life = CaseLife()
        life.add(.failed(.payout, at: start, retryable: false), at: start)
        #expect(life.transcript.last == "attention: alert payout_failed/payout#1")
        #expect(life.refundCase.state.fulfilment?.payout?.dueAt == nil)
    }
}
