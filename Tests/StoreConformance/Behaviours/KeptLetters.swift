import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker
import Testing

extension StoreBehaviour {
    static var keptLetters: [StoreBehaviour] {
        [
            StoreBehaviour(
                "a dead letter about nothing that could be read is kept whole, and leaves once the broker has it"
            ) {
                fixture in
                let desk = try Desk(fixture)
                let strange = KeptDelivery(
                    requestID: nil, type: nil, source: .requests, user: "shop", messageID: "m-1",
                    traceparent: Desk.traceparent, body: [0xFF, 0x00, 0x7B], envelope: Array("what came with it".utf8))
                try desk.keep([strange])
                try desk.reopen()
                let due = Times.after(.seconds(5))
                #expect(try desk.load(CaseKeys(dueLimit: 10), at: Times.after(.seconds(4))).parked.isEmpty)
                let look = try desk.look(at: due)
                #expect(look.deadLetters.map(\.delivery) == [strange])
                #expect(look.deadLetters.map(\.deadLetter.code) == ["invalid_json"])
                #expect(look.deadLetters.map(\.deadLetter.at) == [Times.opening])
                #expect(look.changes.deadLetters.isEmpty, "it was noted when it was decided")
                let letter = try #require(look.deadLetters.first)
                try desk.record(
                    [PublicationRecord(key: .deadLetter(letter.id), at: due, result: .confirmed)], at: due)
                #expect(try desk.parked().isEmpty)
            },
            StoreBehaviour("what waits as a dead letter is counted apart from what is parked") { fixture in
                let desk = try Desk(fixture)
                try desk.receive([(.withdrawn, #"{"request_id": "rr-9", "submitted_at": "2022-02-22T09:30:00Z"}"#)])
                var keys = CaseKeys()
                #expect(try desk.load(keys).waitingLetters == WaitingLetters())
                keys.countsDeadLetters = true
                #expect(try desk.load(keys).waitingLetters == WaitingLetters())
                try desk.keep([.nonsense("a", size: 900), .nonsense("b", size: 90)])
                #expect(try desk.load(keys).waitingLetters == WaitingLetters(count: 2, bytes: 990))
                #expect(try desk.parked().map { $0.standing.deadAt == nil }.filter(\.self).count == 1)
            },
            StoreBehaviour("unsent messages are counted up to a number, and what the brake holds is not among them") {
                fixture in
                let desk = try Desk(fixture)
                #expect(try desk.store.countUnsent(upTo: 100) == 0)
                let opened = try desk.open([RequestText("rr-1"), RequestText("rr-2")])
                let all = opened.messages.count
                #expect(try desk.store.countUnsent(upTo: 100) == all)
                #expect(try desk.store.countUnsent(upTo: 2) == 2)
                try desk.confirm(Array(opened.messages.prefix(1)), at: Times.after(.seconds(1)))
                #expect(try desk.store.countUnsent(upTo: 100) == all - 1)
            },
        ]
    }
}

extension KeptDelivery {
    fileprivate static func nonsense(_ id: String, size: Int) -> KeptDelivery {
        KeptDelivery(
            requestID: nil, type: .requested, source: .requests, messageID: id, traceparent: nil,
            body: [UInt8](repeating: 0x20, count: size), envelope: [])
    }
}

extension Desk {
    /// Keeps dead letters that the broker did not take.
    fileprivate func keep(_ deliveries: [KeptDelivery]) throws {
        let arrivals = deliveries.map { delivery in
            ParkedArrival(
                delivery: delivery, at: Times.opening,
                standing: ParkedStanding(
                    attempts: 1, code: "invalid_json", detail: "no JSON", deadAt: Times.opening,
                    nextAt: Times.after(.seconds(5))))
        }
        try commit(CaseChanges(parking: ParkingChanges(arrivals: arrivals)))
    }
}
