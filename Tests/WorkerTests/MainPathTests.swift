import AMQPClient
import Foundation
import Testing

@Suite("The main path, on a real broker", .serialized)
struct MainPathTests {
    @Test("the policy's example: $7.00, and its three messages")
    func policyExample() throws {
        let broker = try TestBroker()
        let worker = try broker.startWorker()
        var properties = Properties()
        let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        properties.headers = ["traceparent": .text(trace)]
        try broker.publish([Requests.cancellation("rr-1042")], properties: properties)

        let revoke = try broker.take(1, from: "access.revoke")[0]
        #expect(revoke.id == "rr-1042/revoke#1")
        #expect(revoke["command_id"] as? String == "rr-1042/revoke")
        #expect(revoke["reason"] as? String == "refund_approved")
        #expect(revoke.properties.replyTo == broker.prefix + "refund.access")
        #expect(revoke.properties.headers?["attempt"]?.integer == 1)

        let payout = try broker.take(1, from: "payout.issue")[0]
        #expect(payout.id == "rr-1042/payout#1")
        #expect(payout.properties.replyTo == broker.prefix + "refund.payout")
        #expect(payout["refund", "amount"] as? String == "7.00")
        #expect(payout["refund", "currency"] as? String == "USD")
        #expect(payout["payment_method", "token"] as? String == "pm_rr-1042")
        #expect(payout["complete_by"] as? String == "2022-03-08T09:30:00Z")

        let notice = try broker.take(1, from: "refund.notices")[0]
        #expect(notice.id == "rr-1042/approved")
        #expect(notice["outcome"] as? String == "approved")
        #expect(notice["calculation", "numerator"] as? Int == 7_000)
        #expect(notice["customer", "contact"] as? String == "mailto:rr-1042@example.com")
        #expect(notice["respond_by"] as? String == "2022-02-25T09:30:00Z")

        for message in [revoke, payout, notice] {
            #expect(message.properties.correlationID == "rr-1042")
            #expect(message.properties.contentType == "application/json")
            #expect(message.properties.deliveryMode == 2)
            #expect(message.properties.applicationID == "refund-worker")
            #expect(message.properties.timestamp != nil)
            #expect(message.header("traceparent") == trace)
        }
        #expect(notice.properties.type == "notice.decided")

        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
        #expect(try broker.count(in: "refund.requests") == 0, "nothing was left unacknowledged")
        #expect(try broker.count(in: "refund.dead") == 0)
    }

    @Test("a request that comes twice has one case and one set of messages; other content is a conflict")
    func repeated() throws {
        let broker = try TestBroker()
        let worker = try broker.startWorker()
        let request = Requests.cancellation("rr-1")
        let spaced = try JSONSerialization.data(
            withJSONObject: JSONSerialization.jsonObject(with: Data(request)), options: [.prettyPrinted])
        let withUnknown = Requests.cancellation("rr-1") { $0["unknown_field"] = ["x": 1] }
        let other = Requests.cancellation("rr-1") { $0["order_number"] = "ORD-other" }
        try broker.publish([request, request, withUnknown, Array(spaced), other])

        let dead = try broker.take(1, from: "refund.dead")[0]
        #expect(dead.header("refund-error-code") == "request_id_conflict")
        #expect(dead.body == other)
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
        #expect(try broker.takeAll(from: "access.revoke").map(\.id) == ["rr-1/revoke#1"])
        #expect(try broker.takeAll(from: "payout.issue").map(\.id) == ["rr-1/payout#1"])
        #expect(try broker.takeAll(from: "refund.notices").map(\.id) == ["rr-1/approved"])
    }

    @Test("of many requests for one invoice line exactly one is approved, whatever arrives at once")
    func oneRefundForALine() throws {
        let broker = try TestBroker()
        let worker = try broker.startWorker()
        let requests = (0..<200).map { number in
            Requests.cancellation("rr-\(number)") { request in
                request["service"] = ["id": "api-requests", "subscription_id": "sub-\(number % 20)"]
                request["invoice"] = [
                    "number": "INV-\(number % 20)", "issued_on": "2022-02-12",
                    "paid": ["amount": "10.00", "currency": "USD"], "proof_of_payment": "p-\(number % 20)",
                ]
            }
        }
        try broker.publish(requests)
        let notices = try broker.take(200, from: "refund.notices")
        let approved = notices.filter { $0["outcome"] as? String == "approved" }
        #expect(Set(approved.compactMap { $0["request_id"] as? String }) == Set((0..<20).map { "rr-\($0)" }))
        let codes = notices.filter { $0["outcome"] as? String == "rejected" }
            .map { ($0["reasons"] as? [[String: Any]])?.compactMap { $0["code"] as? String } }
        #expect(codes.count == 180)
        #expect(codes.allSatisfy { $0 == ["already_requested"] })
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
        #expect(try broker.count(in: "payout.issue") == 20)
    }

    @Test("a zero refund revokes and tells, and pays nothing")
    func zeroRefund() throws {
        let broker = try TestBroker()
        let worker = try broker.startWorker()
        try broker.publish([
            Requests.cancellation("rr-0") { $0["usage"] = ["unit": "request", "included": 10, "remaining": 0] }
        ])
        #expect(try broker.take(1, from: "refund.notices")[0]["refund", "amount"] as? String == "0.00")
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
        #expect(try broker.count(in: "access.revoke") == 1)
        #expect(try broker.count(in: "payout.issue") == 0)
    }

    @Test("where the policy says so the customer is told at once that the request has come, and then what was decided")
    func acknowledged() throws {
        let policy = """
            name: told
            versions:
              - effective_from: 2022-02-12
                acknowledge: true
            """
        let broker = try TestBroker(policy: policy)
        let worker = try broker.startWorker()
        try broker.publish([Requests.cancellation("rr-1")])
        let notices = try broker.take(2, from: "refund.notices")
        #expect(Set(notices.map(\.properties.type)) == ["notice.received", "notice.decided"])
        #expect(notices.contains { $0.id == "rr-1/received" })
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
    }
}
