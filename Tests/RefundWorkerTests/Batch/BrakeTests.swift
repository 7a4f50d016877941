import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker
import TestSupport
import Testing

@Suite("The brake")
struct BrakeTests {
    private func pause(_ action: String, at: Instant = TestStore.now) throws -> StandingPause {
        StandingPause(
            actionID: try #require(ActionID(action)), at: at, by: Signature("ann"), note: "something is wrong")
    }

    @Test("a pause is kept as a person's act, and people are alerted at once")
    func paused() throws {
        var store = TestStore()
        let decision = store.commit([.paused("p-1")])
        #expect(decision.summary == ["unchanged"])
        #expect(
            decision.changes.brake == [.paused(try pause("p-1")), .alerted(hour: FleetAlert.hour(of: TestStore.now))])
        #expect(decision.changes.actions.map(\.kind) == ["payouts.paused"])
        #expect(decision.changes.actions.map(\.requestID) == [nil])
        #expect(decision.changes.fleetMessages.map(\.id) == ["fleet/alert/payouts_paused/2022-02-22T09"])
        #expect(store.loaded.brake.pause != nil)
    }

    @Test("while it holds, people are reminded once in each clock hour")
    func reminded() {
        var store = TestStore()
        store.commit([.paused("p-1")])
        let times = ["09:30:02", "09:59:59", "10:00:00", "10:00:01", "09:59:58", "12:30:00"]
        let told = times.map { time in
            store.commit([], at: instant("2022-02-22T\(time)Z")).changes.fleetMessages.map(\.id)
        }
        #expect(
            told == [
                [], [], ["fleet/alert/payouts_paused/2022-02-22T10"], [], [],
                ["fleet/alert/payouts_paused/2022-02-22T12"],
            ])
    }

    @Test("the resumption that names the pause lifts it, once, and nobody is reminded any more")
    func resumed() throws {
        var store = TestStore()
        store.commit([.paused("p-1")])
        let decision = store.commit([.resumed("p-1", action: "r-1")])
        #expect(
            decision.changes.brake == [
                .resumed(
                    pause: try #require(ActionID("p-1")), actionID: try #require(ActionID("r-1")), at: TestStore.now,
                    by: Signature("bob"), note: "mended")
            ])
        #expect(store.loaded.brake.pause == nil)
        #expect(store.commit([], at: TestStore.now + .seconds(86_400)).changes.fleetMessages.isEmpty)
        #expect(store.commit([.resumed("p-1", action: "r-1")]).summary == ["unchanged"])
        #expect(store.commit([.resumed("p-1", action: "r-2")]).summary == ["dead not_applicable"])
    }

    @Test("a resumption of an older pause lifts nothing, and its id is used up")
    func olderPause() {
        var store = TestStore()
        store.commit([.paused("p-1"), .paused("p-2")])
        let wrong = store.commit([.resumed("p-1", action: "r-1")])
        #expect(wrong.verdicts == [.deadLetter(.otherPause)])
        #expect(store.loaded.brake.pause != nil)
        #expect(store.commit([.resumed("p-2", action: "r-1")]).summary == ["unchanged"])
        #expect(store.loaded.brake.pause != nil)
        store.commit([.resumed("p-2", action: "r-2")])
        #expect(store.loaded.brake.pause == nil)
    }

    @Test("the same pause again, after it was lifted, pauses nothing")
    func pauseAgain() {
        var store = TestStore()
        store.commit([.paused("p-1")])
        store.commit([.resumed("p-1", action: "r-1")])
        store.commit([.paused("p-1")], redelivered: true)
        #expect(store.loaded.brake.pause == nil)
    }

    @Test("events know of it from the delivery on that puts it on, or takes it off")
    func facts() throws {
        var store = TestStore()
        store.commit([.requested("rr-1")])
        let decision = store.commit([
            .succeeded("rr-1", "revoke"), .paused("p-1"), .succeeded("rr-1", "revoke", reference: "2"),
            .failed("rr-1", "payout"), .resumed("p-1", action: "r-1"), .retried("rr-1", action: "a-1"),
        ])
        let events = try #require(decision.changes.cases.first).events
        #expect(events.map(\.kind) == [.succeeded, .failed, .retried])
        #expect(events.map { $0.facts.contains("\"paused\":true") } == [false, true, false])
    }

    @Test("time that comes while it holds sends no payout again")
    func due() throws {
        var store = TestStore()
        store.commit([.requested("rr-1"), .paused("p-1")])
        let decision = store.commit([], due: [requestID("rr-1")], at: TestStore.now + .seconds(900))
        let change = try #require(decision.changes.cases.first)
        #expect(change.resends.count == 1, "the revocation's")
        #expect(change.events.map { $0.facts.contains("\"paused\":true") } == [true])
    }

    @Test("where the store refuses what comes of a pause it becomes a dead letter: it is about no request")
    func refusedByStore() {
        let batch = Batch(
            reading: [Said.paused("p-1").delivery(1)], with: InboundDecoder(), at: TestStore.now)
        let decision = batch.park(
            because: .unprocessable(problem: "full"), under: PolicyShelf(.standard), parking: ParkingTerms())
        #expect(decision.summary == ["dead unprocessable"])
    }
}
