import AMQPClient
import Foundation
import Testing

@Suite("Messages that come before their request wait in the store, on a real broker", .serialized)
struct ParkingTests {
    private static let review = Array(
        #"{"action_id":"a-1","request_id":"rr-1","verdict":"approve","by":"ann","note":"the bank has closed it"}"#.utf8)

    @Test("a review that comes first acts once its request has come, also over a crash; it is looked at meanwhile")
    func reviewBeforeRequest() throws {
        let broker = try TestBroker()
        let first = try broker.startWorker()
        try broker.publish([ParkingTests.review], as: "refund.reviewed")
        try first.waitForLog("parked")
        first.send(SIGKILL)
        first.waitForEnd()

        let listed = try broker.run("cases", "parked", "--json")
        #expect(listed.output.contains(#""request_id":"rr-1","type":"refund.reviewed""#))
        #expect(try broker.run("cases", "parked", "rr-2").output == "nothing is parked\n")
        let shown = try broker.run("cases", "show", "rr-1")
        #expect(shown.status == 3)
        #expect(shown.errors.contains("messages wait for it"))

        let second = try broker.startWorker()
        try broker.publish([Requests.cancellation("rr-1") { $0["dispute"] = "open" }])
        let notices = try broker.take(2, from: "refund.notices").map(\.id)
        #expect(notices == ["rr-1/in_review", "rr-1/approved"])
        #expect(try broker.take(1, from: "payout.issue").map(\.id) == ["rr-1/payout#1"])
        #expect(try broker.run("cases", "parked").output == "nothing is parked\n")
        second.send(SIGTERM)
        #expect(second.waitForEnd() == 0)
        #expect(try broker.count(in: "refund.dead") == 0)
    }

    @Test("a worker that dies at any time before the dead letter is out leaves it to the next")
    func deathOverCrash() throws {
        let broker = try TestBroker()
        let patience = ["REFUND_WORKER_WORKER_PARKING": "300ms"]
        let first = try broker.startWorker()
        var properties = Properties()
        properties.messageID = "early"
        properties.headers = ["upstream": .text("north")]
        try broker.publish([ParkingTests.review], as: "refund.reviewed", properties: properties)
        try first.waitForLog("parked")
        first.send(SIGKILL)
        first.waitForEnd()
        let second = try broker.startWorker(patience)
        let letter = try broker.take(1, from: "refund.dead")[0]
        #expect(letter.id == "early")
        #expect(letter.body == ParkingTests.review)
        #expect(letter.header("upstream") == "north")
        #expect(letter.header("refund-error-code") == "unknown_request")
        second.send(SIGTERM)
        #expect(second.waitForEnd() == 0)
        #expect(try broker.run("cases", "parked").output == "nothing is parked\n")
        #expect(try broker.count(in: "refund.dead") == 0)
    }
}
