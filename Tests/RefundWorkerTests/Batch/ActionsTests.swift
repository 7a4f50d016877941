import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker
import TestSupport
import Testing

@Suite("What a person does counts once, by its id")
struct ActionsTests {
    /// A store with a case in attention: its payout has failed for good.
    private func inAttention() -> TestStore {
        var store = TestStore()
        store.commit([.requested("rr-1"), .requested("rr-2")])
        store.commit([.failed("rr-1", "payout"), .failed("rr-2", "payout")])
        return store
    }

    @Test("the same act again changes nothing, in one batch, in later ones, and about another case")
    func again() throws {
        var store = inAttention()
        let first = store.commit([.retried("rr-1", action: "a-1"), .retried("rr-1", action: "a-1")])
        #expect(first.summary == ["changed", "unchanged"])
        #expect(first.sent == ["rr-1/payout#2"])
        let action = try #require(first.changes.actions.first)
        #expect(first.changes.actions.count == 1)
        #expect(
            action
                == RecordedAction(
                    id: try #require(ActionID("a-1")), at: TestStore.now, requestID: requestID("rr-1"),
                    kind: "refund.retried", by: Signature("ann")))
        store.commit([.failed("rr-1", "payout", key: 2)])
        let later = store.commit([.retried("rr-1", action: "a-1"), .reviewed("rr-2", "close", action: "a-1")])
        #expect(later.summary == ["unchanged", "unchanged"])
        #expect(later.changes.cases.isEmpty && later.changes.actions.isEmpty)
        #expect(store.commit([.retried("rr-1", action: "a-2")]).sent == ["rr-1/payout#3"])
    }

    @Test("a close that comes again after a bounce closes nothing")
    func closeAgain() {
        var store = inAttention()
        store.commit([.reviewed("rr-1", "close", action: "a-1")])
        #expect(store["rr-1"]?.state.status == .settled)
        store.commit([.succeeded("rr-2", "revoke"), .succeeded("rr-2", "payout")])
        store.commit([.failed("rr-2", "payout", at: "2022-02-22T09:40:00Z")])
        #expect(store["rr-2"]?.state.status == .attention)
        #expect(store.commit([.reviewed("rr-2", "close", action: "a-1")]).summary == ["unchanged"])
        #expect(store["rr-2"]?.state.status == .attention)
    }

    @Test("what was refused is remembered with its reason, and told again only where that may not have arrived")
    func refused() throws {
        var store = TestStore()
        store.commit([.requested("rr-1")])
        let first = store.commit([.reviewed("rr-1", "approve", action: "a-1")])
        #expect(first.summary == ["dead not_applicable"])
        let refusal = try #require(first.changes.actions.first?.refusal)
        #expect(refusal.code == "not_applicable")
        #expect(!refusal.detail.isEmpty)
        #expect(store.commit([.reviewed("rr-1", "approve", action: "a-1")]).summary == ["unchanged"])
        let again = store.commit([.reviewed("rr-1", "approve", action: "a-1")], redelivered: true)
        #expect(again.verdicts == [.deadLetter(.saidBefore(code: refusal.code, detail: refusal.detail))])
        #expect(again.changes.deadLetters.map(\.detail) == [refusal.detail])
        #expect(again.changes.actions.isEmpty)
        // Its id is used up, whatever the case allows by now.
        store.commit([.failed("rr-1", "payout")])
        #expect(store.commit([.reviewed("rr-1", "close", action: "a-1")]).summary == ["unchanged"])
    }

    @Test("what was done is not told again, redelivered or not")
    func doneBefore() {
        var store = inAttention()
        store.commit([.retried("rr-1", action: "a-1")])
        #expect(store.commit([.retried("rr-1", action: "a-1")], redelivered: true).summary == ["unchanged"])
    }

    @Test("an act about a request that is unknown as yet is parked, and acts once the request is there")
    func unknown() {
        var store = TestStore()
        let said = Said.reviewed("rr-9", "void", action: "a-1")
        let first = store.commit([said])
        #expect(first.summary == ["parked unknown_request"])
        #expect(first.changes.actions.isEmpty)
        store.commit([.requested("rr-9")])
        store.commit([.failed("rr-9", "payout")])
        let parked = said.parked(about: "rr-9")
        let second = store.commit([], parked: [parked])
        #expect(second.changes.parking.departures == [parked.id])
        #expect(second.changes.actions.count == 1)
        #expect(store["rr-9"]?.state.status == .rejected)
    }

    @Test("an act that was parked and has been done meanwhile changes nothing")
    func parkedAndDone() {
        var store = inAttention()
        let said = Said.retried("rr-1", action: "a-1")
        store.commit([said])
        let decision = store.commit([], parked: [said.parked(about: "rr-1")])
        #expect(decision.changes.cases.isEmpty)
        #expect(decision.changes.parking.departures.count == 1)
    }

    @Test("a close waits while a publication is on its way, remembers nothing, and closes afterwards")
    func closeWaits() {
        var store = inAttention()
        store.facts.isAnyOnItsWay = true
        let said = Said.reviewed("rr-1", "close", action: "a-1")
        let first = store.commit([said])
        #expect(first.verdicts == [.parked(requestID("rr-1"), .publicationsOnTheirWay)])
        #expect(first.changes.actions.isEmpty && first.changes.cases.isEmpty)
        let parked = said.parked(about: "rr-1")
        let second = store.commit([], parked: [parked])
        #expect(
            second.changes.parking.updates.map(\.standing.detail) == [DeadLetterReason.publicationsOnTheirWay.detail])
        store.facts.isAnyOnItsWay = false
        let third = store.commit([], parked: [parked])
        #expect(third.changes.parking.departures == [parked.id])
        #expect(third.changes.actions.count == 1)
        #expect(store["rr-1"]?.state.status == .settled)
    }

    @Test("while a close waits, the case sends nothing anew, and both are looked at again")
    func closeHolds() throws {
        var store = TestStore()
        store.commit([.requested("rr-1")])
        store.commit([.failed("rr-1", "payout"), .failed("rr-1", "revoke", retryable: true)])
        let due = try #require(store["rr-1"]?.state.fulfilment?.revocation.dueAt)
        store.facts.isAnyOnItsWay = true
        let said = Said.reviewed("rr-1", "close", action: "a-1")
        let now = due + .seconds(1)
        let first = store.commit([said], due: [requestID("rr-1")], at: now)
        #expect(first.changes.cases.isEmpty)
        let id = try #require(store.loaded.cases[requestID("rr-1")]?.id)
        let nextTry = try #require(first.changes.parking.arrivals.first?.standing.nextAt)
        #expect(first.changes.postponements == [CasePostponement(id: id, until: nextTry)])
        var parked = said.parked(about: "rr-1")
        parked.parkedAt = now
        let second = store.commit([], due: [requestID("rr-1")], parked: [parked], at: nextTry)
        #expect(second.changes.cases.isEmpty)
        let until = try #require(second.changes.parking.updates.first?.standing.nextAt)
        #expect(second.changes.postponements == [CasePostponement(id: id, until: until)])
        store.facts.isAnyOnItsWay = false
        let third = store.commit([], due: [requestID("rr-1")], parked: [parked], at: until)
        #expect(third.fallenDue == [0] && store["rr-1"]?.state.status == .settled)
        #expect(third.sent == ["rr-1/settled"])
    }

    /// Found by the drill (seed 2035): such a case was settled, and due at each look for ever.
    @Test("a case that is changed after it was held is due when it says so itself")
    func changedAfterHold() throws {
        var store = TestStore()
        store.commit([.requested("rr-1")])
        store.commit([.failed("rr-1", "payout"), .failed("rr-1", "revoke", retryable: true)])
        let due = try #require(store["rr-1"]?.dueAt)
        store.facts.isAnyOnItsWay = true
        let close = Said.reviewed("rr-1", "close", action: "a-1")
        let decision = store.commit(
            [close, .succeeded("rr-1", "revoke")], due: [requestID("rr-1")], at: due + .seconds(1))
        #expect(decision.verdicts.first == .parked(requestID("rr-1"), .publicationsOnTheirWay))
        #expect(decision.changes.cases.map(\.refundCase.id) == [requestID("rr-1")])
        #expect(decision.changes.postponements.isEmpty, "only its deadlines are left")
    }

    @Test("an act that waited too long was refused: under its id nothing is done any more")
    func givenUp() throws {
        var store = inAttention()
        store.facts.isAnyOnItsWay = true
        let said = Said.reviewed("rr-1", "close", action: "a-1")
        let decision = store.commit([], parked: [said.parked(about: "rr-1")], at: TestStore.now + .seconds(7_200))
        #expect(decision.deadLetters.map(\.deadLetter.code) == ["not_applicable"])
        #expect(decision.changes.actions.map(\.refusal?.code) == ["not_applicable"])
        store.facts.isAnyOnItsWay = false
        #expect(store.commit([said]).summary == ["unchanged"])
        #expect(store["rr-1"]?.state.status == .attention)
    }

    @Test("so is one that a worker that parks nothing could not do")
    func buried() throws {
        var store = inAttention()
        store.facts.isAnyOnItsWay = true
        store.parking.patience = .zero
        let said = Said.reviewed("rr-1", "close", action: "a-1")
        let decision = store.commit([said])
        #expect(decision.summary == ["dead not_applicable"])
        #expect(decision.changes.actions.map(\.refusal?.code) == ["not_applicable"])
    }

    @Test("a close behind what makes messages in its batch waits: they are with this lane right after the commit")
    func closeBehind() {
        var store = inAttention()
        let decision = store.commit([.failed("rr-1", "revoke"), .reviewed("rr-1", "close", action: "a-2")])
        #expect(decision.summary == ["changed", "parked not_applicable"])
        #expect(decision.changes.actions.allSatisfy { $0.id != ActionID("a-2") })
    }

    @Test("a close behind a change that makes no message need not wait")
    func closeBehindQuiet() {
        var store = inAttention()
        let decision = store.commit([.succeeded("rr-1", "revoke"), .reviewed("rr-1", "close", action: "a-2")])
        #expect(decision.summary == ["changed", "changed"])
        #expect(store["rr-1"]?.state.status == .settled)
    }

    @Test("a key that a batch takes back twice is taken back once")
    func takenBackTwice() throws {
        var store = inAttention()
        let decision = store.commit([
            .retried("rr-1", action: "a-1"), .succeeded("rr-1", "payout", at: "2022-02-22T09:50:00Z"),
            .failed("rr-1", "payout", at: "2022-02-22T09:51:00Z"),
            .succeeded("rr-1", "payout", at: "2022-02-22T09:52:00Z"),
        ])
        let change = try #require(decision.changes.cases.first)
        let payout = try #require(change.messages.first { $0.encoded.id == "rr-1/payout#2" })
        #expect(change.takenBack == [payout.ordinal])
    }

    @Test("a key that a batch makes and takes back is stored, and never goes out")
    func takenBackAtOnce() throws {
        var store = inAttention()
        let decision = store.commit([
            .retried("rr-1", action: "a-1"), .succeeded("rr-1", "payout", at: "2022-02-22T09:50:00Z"),
        ])
        let change = try #require(decision.changes.cases.first)
        let payout = try #require(change.messages.first { $0.encoded.id == "rr-1/payout#2" })
        #expect(change.takenBack == [payout.ordinal])
        #expect(!decision.sent.contains("rr-1/payout#2"))
    }
}
