import AMQPClient
import Foundation
import Testing

/// Whoever may write to the people's exchange may sign as anybody; who it really was is what the broker has checked.
@Suite("Who signed is told with the broker's user who sent it", .serialized)
struct SignatureTests {
    private static let policy = """
        name: signed
        versions:
          - effective_from: 2022-02-12
        """

    /// Signs as the boss, and claims in its body and its headers to have been sent by him.
    private func forged(_ type: String, _ more: String) -> [UInt8] {
        Array(#"{"by": "boss", "by_user": "boss", "user": "boss", "user_id": "boss", "note": "n", \#(more)}"#.utf8)
    }

    private func run(_ broker: TestBroker, settings: [String: String] = [:]) throws {
        let worker = try broker.startWorker(settings)
        var properties = Properties()
        properties.headers = ["refund-original-user-id": "boss", "user_id": "boss"]
        properties.applicationID = "refund-console"
        // One of them comes before its request, and is parked meanwhile.
        try broker.publish(
            [forged("refund.reviewed", #""action_id": "a-1", "request_id": "rr-1", "verdict": "approve""#)],
            as: "refund.reviewed", properties: properties)
        try worker.waitForLog("parked")
        try broker.publish([Requests.cancellation("rr-1") { $0["dispute"] = "open" }])
        #expect(try broker.take(2, from: "refund.notices").map(\.id) == ["rr-1/in_review", "rr-1/approved"])
        try broker.publish(
            [forged("payouts.paused", #""action_id": "a-2""#)], as: "payouts.paused", properties: properties)
        var alert = try broker.take(1, from: "refund.alerts")[0]
        // Others call about the deadlines of an old request.
        while !alert.id.hasPrefix("fleet/alert/") { alert = try broker.take(1, from: "refund.alerts")[0] }
        let message = try #require(alert["message"] as? String)
        let user = broker.raw.endpoint.user
        let isConsole = settings["REFUND_WORKER_AMQP_CONSOLE_USER"] == user
        let shown = isConsole ? "by boss" : "by \"boss\" (user \(user))"
        #expect(message.contains(isConsole ? "by boss;" : "by \"boss\" (user \(user));"), "\(message)")
        let text = try broker.run("cases", "show", "rr-1").output
        #expect(text.components(separatedBy: shown).count == 3, "in the decision and in the event: \(text)")
        #expect(text.contains("(user") == !isConsole, "\(text)")
        let json = try broker.run("cases", "show", "rr-1", "--json").output
        #expect(json.contains(#""by":"boss","user":"\#(user)""#) == !isConsole, "\(json)")
        #expect(!json.contains(#""user":"boss""#), "\(json)")
        let status = try broker.run("payouts", "status")
        let line = isConsole ? "by     boss\n" : "by     \"boss\" (user \(user))\n"
        #expect(status.output.contains(line), "\(status.output)")
        try broker.publish(
            [forged("payouts.resumed", #""action_id": "a-3", "pause": "a-2""#)], as: "payouts.resumed",
            properties: properties)
        _ = try broker.take(1, from: "payout.issue")
        let after = try broker.run("payouts", "status")
        #expect(after.status == 0 && after.output.contains("Pauses of before"), "\(after.output)")
        #expect(after.output.components(separatedBy: "(user \(user))").count == (isConsole ? 1 : 3), "\(after.output)")
        let history = try broker.run("payouts", "status", "--json").output
        #expect(history.components(separatedBy: #""user":"\#(user)""#).count == (isConsole ? 1 : 3), "\(history)")
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
    }

    @Test(
        "a name that an operator signs with is shown beside the user who sent it, on both stores",
        arguments: [true, false])
    func operators(onPostgres: Bool) throws {
        let server = onPostgres ? ProcessInfo.processInfo.environment["TEST_POSTGRES_URL"] : nil
        if onPostgres { try #require(server != nil, "run the tests with deploy/test, which starts PostgreSQL") }
        try run(try TestBroker(policy: SignatureTests.policy, postgres: server))
    }

    @Test("the console's user signs for its persons")
    func console() throws {
        let broker = try TestBroker(policy: SignatureTests.policy)
        try run(broker, settings: ["REFUND_WORKER_AMQP_CONSOLE_USER": broker.raw.endpoint.user])
    }
}
