import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker
import Testing

extension StoreBehaviour {
    static var parkingRoom: [StoreBehaviour] {
        [
            StoreBehaviour("of more parked messages than there is room for the oldest are given up, each with a note") {
                fixture in
                let desk = try Desk(fixture)
                let room = ParkingRoom(messages: 3)
                try desk.park(["rr-1", "rr-2"], in: room, at: Times.opening)
                try desk.park(["rr-3", "rr-4", "rr-5"], in: room, at: Times.after(.seconds(1)))
                let parked = try desk.parked()
                #expect(parked.map { $0.standing.deadAt != nil } == [true, true, false, false, false])
                #expect(parked.prefix(2).map(\.standing.code) == ["parking_full", "parking_full"])
                let notes = try fixture.deadLetters()
                #expect(notes.map(\.requestID?.text) == ["rr-1", "rr-2"])
                #expect(notes.map(\.code) == ["parking_full", "parking_full"])
                #expect(notes.map(\.detail) == Array(repeating: DeadLetterReason.parkingFull.detail, count: 2))

                // They are handed out as dead letters at once, and leave once the broker has them.
                let look = try desk.look(at: Times.after(.seconds(1)))
                #expect(look.deadLetters.map(\.delivery.requestID?.text) == ["rr-1", "rr-2"])
                #expect(look.deadLetters.map(\.deadLetter.code) == ["parking_full", "parking_full"])
                let confirmed = look.deadLetters.map {
                    PublicationRecord(key: .deadLetter($0.id), at: look.at, result: .confirmed)
                }
                try desk.record(confirmed, at: look.at)
                #expect(try desk.parked().map(\.delivery.requestID?.text) == ["rr-3", "rr-4", "rr-5"])
            },
            StoreBehaviour("parked messages have room for so many bytes, of bodies and of what came with them") {
                fixture in
                let desk = try Desk(fixture)
                let room = ParkingRoom(bytes: 3_000)
                try desk.park(["rr-1", "rr-2", "rr-3"], size: 1_000, in: room, at: Times.opening)
                #expect(try desk.parked().allSatisfy { $0.standing.deadAt == nil })
                try desk.park(["rr-4"], size: 1_001, in: room, at: Times.opening)
                #expect(try desk.parked().map { $0.standing.deadAt != nil } == [true, true, false, false])
                // One that has no room at all is given up itself.
                try desk.park(["rr-5"], size: 3_001, in: room, at: Times.opening)
                #expect(try desk.parked().allSatisfy { $0.standing.deadAt != nil })
            },
            StoreBehaviour("a request that nobody sends does not take the room of others") { fixture in
                let desk = try Desk(fixture)
                let room = ParkingRoom(messagesOfOne: 2)
                try desk.park(["rr-1", "rr-2", "rr-2", "rr-2", "rr-1"], in: room, at: Times.opening)
                #expect(try desk.parked().map { $0.standing.deadAt != nil } == [false, true, false, false, false])
            },
            StoreBehaviour("many thousands of parked messages stay in their room, and a request still finds its own") {
                fixture in
                let desk = try Desk(fixture)
                let room = ParkingRoom(messages: 5_000, messagesOfOne: 100)
                // Of one request, and of many.
                for batch in 0..<10 {
                    let at = Times.after(.seconds(Int64(batch)))
                    try desk.park(Array(repeating: "rr-flood", count: 2_000), in: room, at: at)
                    try desk.park((0..<1_000).map { "rr-\(batch)-\($0)" }, in: room, at: at)
                }
                let last = Times.after(.seconds(9))
                #expect(try desk.parked(limit: 100_000).count { $0.standing.deadAt == nil } == 5_000)
                #expect(try desk.parked(about: "rr-flood").count { $0.standing.deadAt == nil } <= 100)
                #expect(try fixture.deadLetters().count == 25_000)

                let opened = try desk.receive(
                    [(.withdrawn, #"{"request_id": "rr-1", "submitted_at": "2022-02-22T09:30:00Z"}"#)], at: last)
                #expect(opened.verdicts == [.parked(try identity("rr-1"), .unknownRequest)])
                try desk.open(RequestText("rr-1"), at: last)
                #expect(try desk.refundCase("rr-1").state.status == .withdrawn)
            },
        ]
    }
}

extension Desk {
    /// Parks messages about these requests, of that size each.
    fileprivate func park(_ requests: [String], size: Int = 100, in room: ParkingRoom, at now: Instant) throws {
        var arrivals: [ParkedArrival] = []
        for (number, request) in requests.enumerated() {
            let envelope = Array("\(number)".utf8)
            arrivals.append(
                ParkedArrival(
                    delivery: KeptDelivery(
                        requestID: try identity(request), type: .retried, source: .replies,
                        messageID: "m-\(now.microsecondsSinceEpoch)-\(number)", traceparent: nil,
                        body: [UInt8](repeating: 0x20, count: size - envelope.count), envelope: envelope),
                    at: now,
                    standing: ParkedStanding(
                        attempts: 1, code: "unknown_request", detail: "", deadAt: nil,
                        nextAt: now + .seconds(3_600))))
        }
        try commit(CaseChanges(parking: ParkingChanges(arrivals: arrivals, room: room)), at: now)
    }
}
