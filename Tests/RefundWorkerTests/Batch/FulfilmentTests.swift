import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker
import TestSupport
import Testing

@Suite("An order, carried out")
struct FulfilmentTests {
    private let fulfilment = OrderFulfilment(
        decoder: InboundDecoder(), policies: PolicyShelf(.standard), limits: LaneLimits(unsentAtOnce: 2))

    private func order(_ said: [Said], actsOnDue: Bool = false) -> StoreOrder {
        StoreOrder(
            recording: [], deliveries: said.enumerated().map { $1.delivery(UInt64($0 + 1)) }, actsOnDue: actsOnDue)
    }

    @Test("new messages are the lane's for its head start; what the batch has taken back is not among them")
    func heldMessages() throws {
        let store = MemoryStore()
        store.state.commit([.requested("rr-1")])
        store.state.commit([.failed("rr-1", "payout")])
        let said: [Said] = [
            .retried("rr-1", action: "a-1"), .succeeded("rr-1", "payout", at: "2022-02-22T09:50:00Z"),
            .requested("rr-2"),
        ]
        let report = try fulfilment.fulfil(order(said), on: store, at: CalendarTime(TestStore.now))
        let messages = report.dispositions.flatMap { disposition -> [OutboxMessage] in
            if case .publish(let messages) = disposition { messages } else { [] }
        }
        #expect(messages.map(\.encoded.id).filter { $0.hasPrefix("rr-1") }.contains("rr-1/payout#2") == false)
        #expect(
            messages.map(\.encoded.id).filter { $0.hasPrefix("rr-2") } == [
                "rr-2/revoke#1", "rr-2/payout#1", "rr-2/approved",
            ])
        #expect(messages.allSatisfy { $0.heldUntil == TestStore.now + OutboxMessage.publisherHeadStart })
    }

    @Test("the lane is told of the brake with every order, and of more that is unsent with a look")
    func told() throws {
        let store = MemoryStore()
        #expect(try fulfilment.fulfil(order([]), on: store, at: CalendarTime(TestStore.now)).payoutsArePaused == false)
        #expect(
            try fulfilment.fulfil(order([.paused("p-1")]), on: store, at: CalendarTime(TestStore.now)).payoutsArePaused)
        #expect(try fulfilment.fulfil(order([]), on: store, at: CalendarTime(TestStore.now)).payoutsArePaused)
        for (count, isMore) in [(1, false), (2, true)] {
            store.unsent = (0..<count).map { outboxMessage("m\($0)", ordinal: $0) }
            let report = try fulfilment.fulfil(order([], actsOnDue: true), on: store, at: CalendarTime(TestStore.now))
            #expect(report.unsent.count == count)
            #expect(report.moreIsUnsent == isMore)
            #expect(report.payoutsArePaused)
        }
    }

    @Test("the store is asked for the words, acts, and withdrawals of what has come")
    func keys() throws {
        let said: [Said] = [
            .requested("rr-1"), .succeeded("rr-2", "payout"), .retried("rr-3", action: "a-1"), .paused("p-1"),
        ]
        let batch = Batch(
            reading: order(said).deliveries, with: InboundDecoder(), at: TestStore.now)
        #expect(batch.keys.requests.map(\.text) == ["rr-1", "rr-2", "rr-3"])
        #expect(batch.keys.words.map(\.request.text) == ["rr-2"])
        #expect(batch.keys.actions.map(\.text) == ["a-1", "p-1"])
        #expect(batch.keys.withdrawalsOf.map(\.text) == ["rr-1"])
        let reply = Said.succeeded("rr-2", "payout").parked(about: "rr-2")
        #expect(reply.delivery.word == batch.keys.words.first)
        #expect(Said.retried("rr-3", action: "a-1").parked(about: "rr-3").delivery.actionID == batch.keys.actions.first)
    }
}
