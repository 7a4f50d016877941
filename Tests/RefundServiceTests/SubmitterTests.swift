import AMQPClient
import Foundation
import RefundMessages
import RefundPolicy
import RefundService
import Testing

@Suite("Submitting to a live broker", .serialized, .enabled(if: LiveBroker.url != nil))
struct SubmitterTests {
    /// Submits a file's text, and gives the summary and the failures.
    private static func submit(
        _ text: String, to names: BrokerNames, on connection: Connection, type: InboundType? = nil, skip: Int = 0
    ) throws -> (SubmissionSummary, [SubmissionFailure]) {
        let path = try temporaryFile(text)
        defer { removeFile(path) }
        var failures: [SubmissionFailure] = []
        let submitter = Submitter(
            connection: connection, names: names, type: type, skip: skip,
            now: { Instant(microsecondsSinceEpoch: 1_645_522_200_000_000) }, onFailure: { failures.append($0) },
            onProgress: { _ in })
        return (submitter.submit([try MessageInput(path: path)]), failures)
    }

    @Test("5,000 lines are all confirmed, and none is lost")
    func manyLines() throws {
        try LiveBroker.run { connection, prefix in
            try Topology(prefix: prefix).declare(on: connection)
            let text = (1...5_000).map { #"{"request_id":"r-\#($0)"}"# }.joined(separator: "\n")
            let (summary, failures) = try Self.submit(text, to: BrokerNames(prefix: prefix), on: connection)
            #expect(failures == [])
            #expect(summary.interruption == nil)
            #expect(summary.progress.confirmed == 5_000)
            #expect(summary.finishedThrough == 5_000)
            #expect(try connection.inspectQueue(prefix + "refund.requests").messageCount == 5_000)
        }
    }

    @Test("a message has the properties that the contract names, and its own bytes")
    func properties() throws {
        try LiveBroker.run { connection, prefix in
            let names = BrokerNames(prefix: prefix)
            try Topology(prefix: prefix).declare(on: connection)
            let body = #"{"request_id":"r-1",  "extra": 1e2}"#
            _ = try Self.submit(body, to: names, on: connection)
            let delivery = try #require(try connection.get(queue: names.requests)).delivery
            #expect(delivery.body.bytes == Array(body.utf8))
            #expect(delivery.routingKey == "refund.requested")
            #expect(delivery.properties.type == "refund.requested")
            #expect(delivery.properties.messageID == "r-1")
            #expect(delivery.properties.contentType == "application/json")
            #expect(delivery.properties.deliveryMode == 2)
            #expect(delivery.properties.timestamp == 1_645_522_200)
        }
    }

    @Test("replies go to the replies' queue, and a type that is given counts for all")
    func types() throws {
        try LiveBroker.run { connection, prefix in
            let names = BrokerNames(prefix: prefix)
            try Topology(prefix: prefix).declare(on: connection)
            let text = #"{"command_id":"a/revoke"}"# + "\n" + #"{"type":"refund.withdrawn","request_id":"a"}"#
            _ = try Self.submit(text, to: names, on: connection)
            #expect(try connection.get(queue: names.replies)?.delivery.routingKey == "command.succeeded")
            #expect(try connection.get(queue: names.requests)?.delivery.routingKey == "refund.withdrawn")
            _ = try Self.submit(#"{"request_id":"a"}"#, to: names, on: connection, type: .retried)
            #expect(try connection.get(queue: names.replies)?.delivery.routingKey == "refund.retried")
        }
    }

    @Test("bad lines are told with place and id, and the others go through")
    func badLines() throws {
        try LiveBroker.run { connection, prefix in
            try Topology(prefix: prefix).declare(on: connection)
            let text = """
                {"request_id":"r-1"}
                nope

                {"request_id":"r-4","type":"refund.reqested"}
                ["r-5"]
                {"request_id":"r-6"}
                """
            let (summary, failures) = try Self.submit(text, to: BrokerNames(prefix: prefix), on: connection)
            #expect(failures.map(\.place.line) == [2, 4, 5])
            #expect(failures.map(\.requestID?.text) == [nil, "r-4", nil])
            #expect(summary.progress.confirmed == 2)
            #expect(summary.progress.failed == 3)
            #expect(summary.interruption == nil)
        }
    }

    @Test("skipped messages are not sent")
    func skips() throws {
        try LiveBroker.run { connection, prefix in
            let names = BrokerNames(prefix: prefix)
            try Topology(prefix: prefix).declare(on: connection)
            let text = (1...5).map { #"{"request_id":"r-\#($0)"}"# }.joined(separator: "\n")
            let (summary, _) = try Self.submit(text, to: names, on: connection, skip: 3)
            #expect(summary.progress.skipped == 3)
            #expect(summary.progress.confirmed == 2)
            #expect(try connection.get(queue: names.requests)?.delivery.properties.messageID == "r-4")
        }
    }

    @Test("without the exchange nothing is sent, and the next step is told")
    func missingExchange() throws {
        try LiveBroker.run { connection, prefix in
            let (summary, _) = try Self.submit("{}\n{}", to: BrokerNames(prefix: prefix), on: connection)
            let interruption = try #require(summary.interruption)
            #expect(interruption.contains("\(prefix)refund.intake"))
            #expect(interruption.contains("topology declare"))
            #expect(summary.progress.confirmed == 0)
            #expect(summary.finishedThrough == 0)
        }
    }

    @Test("a full queue's refusals are failures with their ids", .enabled(if: LiveBroker.control != nil))
    func refusedPublishes() throws {
        try LiveBroker.run { connection, prefix in
            try Topology(prefix: prefix).declare(on: connection)
            let policy = "full-\(prefix)"
            _ = try LiveBroker.control(
                "set_policy", policy, "^\(prefix)refund.requests$", #"{"max-length":1}"#, "--apply-to", "queues")
            defer { _ = try? LiveBroker.control("clear_policy", policy) }
            let text = (1...200).map { #"{"request_id":"r-\#($0)"}"# }.joined(separator: "\n")
            var failures: [SubmissionFailure] = []
            var confirmed = 0
            // A policy takes effect a moment after it was set: the queue fills until then.
            for _ in 1...50 where failures.isEmpty {
                let (summary, refused) = try Self.submit(text, to: BrokerNames(prefix: prefix), on: connection)
                #expect(summary.progress.confirmed + summary.progress.failed == 200)
                confirmed += summary.progress.confirmed
                failures = refused
            }
            #expect(confirmed > 0)
            #expect(failures.allSatisfy { $0.problem.contains("refused") && $0.requestID != nil })
            #expect(!failures.isEmpty)
        }
    }

    @Test("a message that neither the intake nor the place for the unrouted takes comes back as a failure")
    func returnedMessage() throws {
        try LiveBroker.run { connection, prefix in
            let names = BrokerNames(prefix: prefix)
            try Topology(prefix: prefix).declare(on: connection)
            _ = try connection.deleteQueue(names.requests)
            _ = try connection.deleteQueue(names.unrouted)
            let text =
                #"{"request_id":"r-1"}"# + "\n" + #"{"command_id":"r-1/payout"}"# + "\n" + #"{"request_id":"r-3"}"#
            let (summary, failures) = try Self.submit(text, to: names, on: connection)
            #expect(failures.map(\.requestID?.text) == ["r-1", "r-3"])
            #expect(failures.allSatisfy { $0.problem.contains("NO_ROUTE") })
            #expect(summary.progress.confirmed == 1)
        }
    }

    @Test("a lost channel ends it with what was settled and where to go on")
    func lostChannel() throws {
        try LiveBroker.run { connection, prefix in
            let names = BrokerNames(prefix: prefix)
            try Topology(prefix: prefix).declare(on: connection)
            let path = try temporaryFile((1...3).map { #"{"request_id":"r-\#($0)"}"# }.joined(separator: "\n"))
            defer { removeFile(path) }
            var isGone = false
            let submitter = Submitter(
                connection: connection, names: names, type: nil, skip: 0,
                now: {
                    // As the first message is about to go out.
                    if !isGone { try? connection.deleteExchange(names.intake) }
                    isGone = true
                    return Instant(microsecondsSinceEpoch: 0)
                }, onFailure: { _ in }, onProgress: { _ in })
            let summary = submitter.submit([try MessageInput(path: path)])
            #expect(summary.interruption != nil)
            #expect(summary.progress.confirmed == 0)
            #expect(summary.finishedThrough == 0)
        }
    }

    @Test("peeking leaves the messages where they are, in their order")
    func peeking() throws {
        try LiveBroker.run { connection, prefix in
            let names = BrokerNames(prefix: prefix)
            try Topology(prefix: prefix).declare(on: connection)
            let text = (1...3).map { #"{"request_id":"r-\#($0)"}"# }.joined(separator: "\n")
            _ = try Self.submit(text, to: names, on: connection)
            for _ in 1...2 {
                let (messages, waiting) = try peek(names.requests, limit: 2, on: connection)
                #expect(messages.map(\.properties.messageID) == ["r-1", "r-2"])
                #expect(waiting == 3)
            }
        }
    }
}
