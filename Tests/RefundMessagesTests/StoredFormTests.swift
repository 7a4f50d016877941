import RefundCase
import RefundPolicy
import TestSupport
import Testing

@testable import RefundMessages

/// What a store keeps gives back what was kept (design: the events alone rebuild every case).
struct StoredFormTests {
    private let codec = CaseStateCodec()

    private func decoded(_ refundCase: RefundCase) throws -> RefundCase {
        try codec.decode(
            codec.encode(refundCase), status: refundCase.state.status, request: refundCase.request,
            policy: refundCase.policy, openedAt: refundCase.openedAt)
    }

    @Test("every case of a random history comes back from its stored form", arguments: [1, 2] as [UInt64])
    func givesCasesBack(_ block: UInt64) throws {
        for seed in block * 10_000..<block * 10_000 + 300 {
            var history = RandomHistory(seed: seed)
            for _ in 0..<25 {
                let kept = history.refundCase
                try #require(try decoded(kept) == kept, "seed \(seed)")
                try #require(codec.encode(try decoded(kept)) == codec.encode(kept), "seed \(seed)")
                _ = history.advance()
            }
        }
    }

    @Test("texts of people come back whatever they hold")
    func keepsTexts() throws {
        let text = "\u{1}\"\\\n\u{7F}é\u{2028}𝄞 "
        var life = CaseLife(.example(dispute: .open))
        life.add(.reviewed(.approve, note: text), at: Example.later)
        life.add(.failed(.payout, at: Example.later, retryable: false, code: "no", message: text), at: Example.later)
        life.add(.retried(note: text), at: Example.later)
        life.add(.succeeded(.revoke, at: Example.later, reference: text), at: Example.later)
        #expect(try decoded(life.refundCase) == life.refundCase)
    }

    @Test(
        "a stored case that can't be read says so, and never traps",
        arguments: [
            "", "{", "[]", "{}", #"{"standing":"free"}"#,
            #"{"standing":"free","events":1,"messages":0,"response":"pending","refund":"pending"}"#,
            #"{"standing":"free","events":1e30,"messages":0,"response":"pending","refund":"pending"}"#,
        ])
    func refusesOthers(_ text: String) {
        #expect(throws: DeadLetterReason.self) {
            try codec.decode(
                text, status: .approved, request: .example(), policy: .standard, openedAt: Example.receivedAt)
        }
    }

    @Test("events that are none of a case's say so")
    func refusesOtherEvents() throws {
        let life = CaseLife()
        let opening = StoredEvent.opening(of: life.refundCase, body: BodyBuilder.requested.bytes)
        let strange: [[StoredEvent]] = [
            [], [opening, opening], [StoredEvent(kind: .requested, at: Example.receivedAt, body: [], facts: "{}")],
            [opening, StoredEvent(kind: .fellDue, at: Example.receivedAt, body: [], facts: "{}")],
            [opening, StoredEvent(kind: .retried, at: Example.receivedAt, body: BodyBuilder.retried.bytes, facts: "")],
            [StoredEvent(kind: .retried, at: Example.receivedAt, body: BodyBuilder.retried.bytes, facts: "{}")],
        ]
        for events in strange {
            #expect(throws: DeadLetterReason.self) { try RefundCase.rebuild(from: events, policy: .standard) }
        }
    }

    @Test("a withdrawal that was accepted under a wider clock limit is read again")
    func readsFutureWithdrawal() throws {
        var life = CaseLife(.example(dispute: .open))
        life.add(.withdrawn(at: Example.later + .hours(1)), at: Example.later)
        #expect(life.status == .withdrawn)
        #expect(
            try RefundCase.rebuild(from: life.events, policy: life.refundCase.policy) == life.refundCase)
    }
}
