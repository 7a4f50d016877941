import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker
import TestSupport
import Testing

@Suite("While the clock is in doubt")
struct DoubtTests {
    private static let inDoubt = ClockStanding.inDoubt(by: .seconds(-3_600), atMost: .seconds(300))
    /// An hour before the requests were submitted.
    private static let hourBack = TestStore.now - .seconds(3_600)
    private let fulfilment = OrderFulfilment(
        decoder: InboundDecoder(), policies: PolicyShelf(.standard), limits: LaneLimits())

    private func decide(_ said: [Said], keepsFuture: Bool, parking: ParkingTerms = ParkingTerms()) -> BatchDecision {
        let batch = Batch(
            reading: said.enumerated().map { $1.delivery(UInt64($0 + 1)) }, with: InboundDecoder(),
            at: DoubtTests.hourBack, keepsFuture: keepsFuture)
        return batch.decide(LoadedCases(), under: PolicyShelf(.standard), parking: parking)
    }

    @Test("nothing that is due is acted on, and what was committed still goes out")
    func dueWaits() throws {
        let store = MemoryStore()
        store.state.commit([.requested("rr-1")])
        store.unsent = [outboxMessage("m1", ordinal: 1)]
        let look = StoreOrder(recording: [], deliveries: [], actsOnDue: true)
        let later = TestStore.now + .seconds(15 * 86_400)
        let held = try fulfilment.fulfil(look, on: store, at: CalendarTime(later, standing: DoubtTests.inDoubt))
        #expect(store.asked.last?.dueLimit == 0)
        #expect(held.unsent.map(\.encoded.id) == ["m1"])
        #expect(!held.moreIsDue)
        // What is due is loaded by that limit.
        _ = try fulfilment.fulfil(look, on: store, at: CalendarTime(later))
        #expect(store.asked.last?.dueLimit == LaneLimits().dueAtOnce)
    }

    @Test("a request or withdrawal from the future is kept for another try; else it is a dead letter")
    func future() {
        let said = [Said.requested("rr-1"), .withdrawn("rr-2")]
        #expect(
            decide(said, keepsFuture: false).summary == ["dead submitted_in_future", "dead submitted_in_future"])
        let kept = decide(said, keepsFuture: true)
        #expect(kept.summary == ["parked submitted_in_future", "parked submitted_in_future"])
        #expect(kept.changes.parking.arrivals.map(\.delivery.requestID) == [requestID("rr-1"), requestID("rr-2")])
        #expect(kept.changes.cases.isEmpty && kept.changes.deadLetters.isEmpty)
        let parkingNothing = ParkingTerms(patience: .zero)
        #expect(decide([said[0]], keepsFuture: true, parking: parkingNothing).summary == ["dead submitted_in_future"])
    }

    @Test("a withdrawal is not taken for said because its request, which is kept for another try, is in the batch")
    func withdrawal() {
        let withdrawn = Said(
            type: .withdrawn, body: #"{"request_id":"rr-1","submitted_at":"2022-02-22T08:30:00Z"}"#)
        let decision = decide([.requested("rr-1"), withdrawn], keepsFuture: true)
        #expect(decision.summary == ["parked submitted_in_future", "parked unknown_request"])
    }

    @Test("what was kept is decided once its time has come, tried again before, and given up when patience ends")
    func kept() {
        var store = TestStore()
        let parked = Said.requested("rr-1").parked(about: "rr-1")
        let early = store.commit([], parked: [parked], at: DoubtTests.hourBack)
        #expect(early.changes.parking.updates.map(\.standing.code) == ["submitted_in_future"])
        #expect(early.changes.parking.updates.allSatisfy { $0.standing.deadAt == nil })
        #expect(early.deadLetters.isEmpty)
        var old = parked
        old.parkedAt = DoubtTests.hourBack - .seconds(2 * 3_600)
        let late = store.commit([], parked: [old], at: DoubtTests.hourBack)
        #expect(late.deadLetters.map(\.deadLetter.code) == ["submitted_in_future"])
        let onTime = store.commit([], parked: [parked], at: TestStore.now)
        #expect(onTime.changes.parking.departures == [parked.id])
        #expect(store["rr-1"]?.state.status == .approved)
    }
}
