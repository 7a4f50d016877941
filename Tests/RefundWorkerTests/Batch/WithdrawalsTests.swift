import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker
import TestSupport
import Testing

@Suite("A withdrawal that is there when its request is decided wins")
struct WithdrawalsTests {
    @Test("in one batch, whatever the order", arguments: [true, false])
    func inBatch(withdrawalFirst: Bool) throws {
        var store = TestStore()
        let said = [Said.requested("rr-1"), .withdrawn("rr-1")]
        let decision = store.commit(withdrawalFirst ? said.reversed() : said)
        #expect(decision.summary.sorted() == ["changed", "unchanged"])
        #expect(decision.sent == ["rr-1/withdrawn"])
        #expect(decision.changes.parking.arrivals.isEmpty)
        #expect(store["rr-1"]?.state.status == .withdrawn)
        let change = try #require(decision.changes.cases.first)
        let rebuilt = try RefundCase.rebuild(from: change.events, policy: .standard)
        #expect(rebuilt == change.refundCase)
    }

    @Test("parked: it wins, and its parked row then changes nothing")
    func parked() {
        var store = TestStore()
        let said = Said.withdrawn("rr-1")
        #expect(store.commit([said]).summary == ["parked unknown_request"])
        let decision = store.commit([.requested("rr-1")])
        #expect(decision.sent == ["rr-1/withdrawn"])
        #expect(decision.changes.parking.awaited == [requestID("rr-1")])
        let parked = said.parked(about: "rr-1")
        let later = store.commit([], parked: [parked])
        #expect(later.changes.cases.isEmpty)
        #expect(later.changes.parking.departures == [parked.id])
    }

    @Test("several: the customer is told once")
    func several() {
        var store = TestStore()
        let decision = store.commit([
            .withdrawn("rr-1", reason: "a"), .requested("rr-1"), .withdrawn("rr-1", reason: "b"),
        ])
        #expect(decision.summary == ["unchanged", "changed", "unchanged"])
        #expect(decision.sent == ["rr-1/withdrawn"])
    }

    @Test("one of another request, or of a request that was decided before, wins nothing")
    func others() {
        var store = TestStore()
        let first = store.commit([.withdrawn("rr-2"), .requested("rr-1")])
        #expect(first.summary == ["parked unknown_request", "changed"])
        #expect(store["rr-1"]?.state.status == .approved)
        let second = store.commit([.requested("rr-1"), .withdrawn("rr-1")])
        #expect(second.summary == ["unchanged", "changed"])
        #expect(second.sent == ["rr-1/withdrawal_refused"])
    }
}
