import AMQPClient
import Foundation
import Testing

@Suite("refund-worker dead, on a real broker", .serialized)
struct DeadCommandTests {
    @Test("letters are listed, replayed by code and dropped; a trial changes nothing, and headers come along")
    func listReplayDiscard() throws {
        let broker = try TestBroker()
        let worker = try broker.startWorker(["REFUND_WORKER_WORKER_PARKING": "0ms"])
        // A withdrawal that comes before its request, and something that will never be read.
        let withdrawal = "{\"request_id\":\"rr-1\",\"submitted_at\":\"2022-02-22T09:30:00Z\"}"
        var properties = Properties()
        properties.messageID = "w-1"
        properties.headers = ["upstream": .text("north")]
        properties.expiration = "86400000"
        try broker.publish([Array(withdrawal.utf8)], as: "refund.withdrawn", properties: properties)
        properties.messageID = "j-1"
        try broker.publish([Array("no json".utf8)], properties: properties)
        try worker.waitForLog("not_json")
        try worker.waitForLog("unknown_request")
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)

        let listed = try broker.run("dead", "list", "--json")
        #expect(listed.output.split(separator: "\n").count == 2)
        #expect(listed.output.contains("\"request_id\":\"rr-1\""))
        #expect(try broker.run("dead", "replay", "--code", "unknown_request", "--dry-run").status == 0)
        #expect(try broker.run("dead", "replay").status == 2, "which ones must be said")
        #expect(try broker.count(in: "refund.dead") == 2)

        let next = try broker.startWorker()
        try broker.publish([Requests.cancellation("rr-1") { $0["dispute"] = "open" }])
        #expect(try broker.take(1, from: "refund.notices")[0].id == "rr-1/in_review")
        let replayed = try broker.run("dead", "replay", "--id", "rr-1")
        #expect(replayed.status == 0, "\(replayed.errors)")
        #expect(try broker.take(1, from: "refund.notices")[0].id == "rr-1/withdrawn")

        // What can't be read comes back, with all that it had.
        #expect(try broker.run("dead", "replay", "--all").status == 0)
        let back = try broker.take(1, from: "refund.dead")[0]
        #expect(back.id == "j-1")
        #expect(back.header("upstream") == "north")
        #expect(back.header("refund-original-expiration") == "86400000", "it was sent again with it")
        #expect(back.properties.headers?["refund-attempts"]?.integer == 1)
        try broker.publish([Array("no json".utf8)], properties: properties)
        next.send(SIGTERM)
        #expect(next.waitForEnd() == 0)
        #expect(try broker.run("dead", "discard", "--code", "not_json").status == 0)
        #expect(try broker.count(in: "refund.dead") == 0)
    }

    @Test("a letter that the intake knows no place for stays where it is, and the command says so")
    func unknownRoute() throws {
        let broker = try TestBroker()
        var properties = Properties()
        properties.messageID = "u-1"
        properties.type = "refund.wished"
        _ = try broker.raw.publish(
            OutgoingMessage(
                exchange: broker.prefix + "refund.dead", routingKey: "refund.wished", mandatory: true,
                properties: properties, body: Array("{}".utf8)))
        while try broker.count(in: "refund.dead") == 0 { _ = try broker.raw.receive(waitingAtMost: .milliseconds(10)) }
        let result = try broker.run("dead", "replay", "--all")
        #expect(result.status == 1)
        #expect(result.errors.contains("still in refund.dead"))
        #expect(try broker.count(in: "refund.unrouted") == 0)
        // The broker puts it back a moment after the command has gone.
        while try broker.count(in: "refund.dead") == 0 { _ = try broker.raw.receive(waitingAtMost: .milliseconds(10)) }
        #expect(try broker.count(in: "refund.dead") == 1)
    }
}
