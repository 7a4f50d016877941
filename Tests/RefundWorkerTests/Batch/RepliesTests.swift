import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker
import TestSupport
import Testing

@Suite("Each word of a reply counts once")
struct RepliesTests {
    private func opened() -> TestStore {
        var store = TestStore()
        store.commit([.requested("rr-1")])
        return store
    }

    @Test("the same words again change nothing, in one batch and in later ones")
    func again() {
        var store = opened()
        let first = store.commit([.succeeded("rr-1", "payout"), .succeeded("rr-1", "payout")])
        #expect(first.summary == ["changed", "unchanged"])
        #expect(first.changes.words.count == 1)
        #expect(first.changes.cases.map(\.events.count) == [1])
        let second = store.commit([.succeeded("rr-1", "payout")], redelivered: true)
        #expect(second.summary == ["unchanged"])
        #expect(second.changes.words.isEmpty && second.changes.cases.isEmpty)
    }

    @Test("an old success that comes again after its bounce is known, and a new one is not")
    func afterBounce() {
        var store = opened()
        store.commit([.succeeded("rr-1", "revoke"), .succeeded("rr-1", "payout")])
        store.commit([.failed("rr-1", "payout", at: "2022-02-22T09:32:00Z")])
        #expect(store["rr-1"]?.state.status == .attention)
        #expect(store.commit([.succeeded("rr-1", "payout")]).summary == ["unchanged"])
        #expect(store["rr-1"]?.state.status == .attention)
        #expect(store.commit([.succeeded("rr-1", "payout", reference: "po_2")]).summary == ["changed"])
        #expect(store["rr-1"]?.state.status == .settled)
    }

    @Test("words that change nothing are remembered without an event")
    func changeNothing() {
        var store = opened()
        store.commit([.succeeded("rr-1", "payout")])
        let decision = store.commit([.succeeded("rr-1", "payout", reference: "po_2")])
        #expect(decision.summary == ["unchanged"])
        #expect(decision.changes.cases.isEmpty)
        #expect(decision.changes.words.count == 1)
    }

    @Test("words that are refused, or about a request that is unknown as yet, are not remembered")
    func notRemembered() {
        var store = opened()
        let decision = store.commit([.succeeded("rr-1", "payout", key: 2), .succeeded("rr-2", "payout")])
        #expect(decision.summary == ["dead not_applicable", "parked unknown_request"])
        #expect(decision.changes.words.isEmpty)
    }

    @Test("the reply of a key that this very batch makes is none that anyone could give")
    func ofNewKey() {
        var store = opened()
        store.commit([.failed("rr-1", "payout")])
        let decision = store.commit([.retried("rr-1", action: "a-1"), .succeeded("rr-1", "payout", key: 2)])
        #expect(decision.summary == ["changed", "dead not_applicable"])
    }

    @Test("a case that had too many takes no more; people still act on it")
    func noRoom() throws {
        var store = opened()
        store.commit([.failed("rr-1", "payout")])
        let small = try #require(store["rr-1"])
        store.loaded.cases[small.id]?.refundCase = .success(
            RefundCase(
                request: small.request, policy: small.policy, standing: small.standing, openedAt: small.openedAt,
                traceparent: nil, state: small.state, deadlines: small.deadlines, review: nil, eventCount: 60_000,
                messageCount: small.messageCount, told: small.told))
        let decision = store.commit([
            .succeeded("rr-1", "revoke"), .retried("rr-1", action: "a-1"), .requested("rr-1"),
        ])
        #expect(decision.verdicts.first == .deadLetter(.tooManyEvents(count: 60_000)))
        #expect(decision.summary == ["dead not_applicable", "changed", "unchanged"])
        #expect(decision.changes.words.isEmpty)
    }
}
