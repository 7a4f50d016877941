import AMQPClient
import Foundation
import RefundService
import Testing

@Suite("The topology on a live broker", .serialized, .enabled(if: LiveBroker.url != nil))
struct TopologyTests {
    @Test("what is declared is what the contract lists", .enabled(if: LiveBroker.control != nil))
    func declaresTheContract() throws {
        try LiveBroker.run { connection, prefix in
            try Topology(prefix: prefix).declare(on: connection)
            let queues = try LiveBroker.control("list_queues", "name", "type", "durable", "arguments")
                .filter { $0[0].hasPrefix(prefix) }
            let worked: Set<String> = [
                #"{"x-queue-type","quorum"}"#, #"{"x-delivery-limit",20}"#,
                #"{"x-dead-letter-exchange","\#(prefix)refund.dead"}"#,
                #"{"x-dead-letter-strategy","at-least-once"}"#, #"{"x-overflow","reject-publish"}"#,
            ]
            let names = [
                "refund.requests", "refund.replies", "access.revoke", "payout.issue", "refund.notices",
                "refund.alerts", "refund.dead", "refund.unrouted",
            ]
            #expect(Set(queues.map { $0[0] }) == Set(names.map { prefix + $0 }))
            for queue in queues {
                #expect(queue[1] == "quorum")
                #expect(queue[2] == "true")
                let arguments = Set(
                    queue[3].dropFirst().dropLast().replacing("},{", with: "}|{").split(separator: "|").map(String.init)
                )
                let isWorked = [prefix + "refund.requests", prefix + "refund.replies"].contains(queue[0])
                #expect(
                    arguments
                        == (isWorked ? worked : [#"{"x-queue-type","quorum"}"#, #"{"x-delivery-limit",1000000}"#]))
            }
            let exchanges = try LiveBroker.control("list_exchanges", "name", "type", "durable", "arguments")
                .filter { $0[0].hasPrefix(prefix) }
            let alternate = #"[{"alternate-exchange","\#(prefix)refund.unrouted"}]"#
            let inbound = ["refund.intake", "refund.people", "refund.access", "refund.payout", "refund.replay"]
            #expect(
                Set(exchanges)
                    == Set(
                        inbound.map { [prefix + $0, "topic", "true", alternate] } + [
                            [prefix + "refund.commands", "direct", "true", "[]"],
                            [prefix + "refund.events", "topic", "true", "[]"],
                            [prefix + "refund.dead", "fanout", "true", "[]"],
                            [prefix + "refund.unrouted", "fanout", "true", "[]"],
                        ]))
            let bindings = try LiveBroker.control("list_bindings", "source_name", "routing_key", "destination_name")
                .filter { $0[0].hasPrefix(prefix) }
            let expected =
                [
                    ["refund.intake", "refund.requested", "refund.requests"],
                    ["refund.intake", "refund.withdrawn", "refund.requests"],
                    ["refund.people", "refund.reviewed", "refund.replies"],
                    ["refund.people", "refund.retried", "refund.replies"],
                    ["refund.people", "payouts.paused", "refund.replies"],
                    ["refund.people", "payouts.resumed", "refund.replies"],
                    ["refund.replay", "refund.requested", "refund.requests"],
                    ["refund.replay", "refund.withdrawn", "refund.requests"],
                    ["refund.commands", "access.revoke", "access.revoke"],
                    ["refund.commands", "payout.issue", "payout.issue"],
                    ["refund.events", "notice.*", "refund.notices"],
                    ["refund.events", "alert.*", "refund.alerts"],
                    ["refund.dead", "", "refund.dead"],
                    ["refund.unrouted", "", "refund.unrouted"],
                ]
                + ["refund.access", "refund.payout", "refund.replay"].flatMap { exchange in
                    ["command.succeeded", "command.failed"].map { [exchange, $0, "refund.replies"] }
                }
            #expect(Set(bindings) == Set(expected.map { [prefix + $0[0], $0[1], prefix + $0[2]] }))
        }
    }

    @Test("declaring twice changes nothing, and a check finds nothing")
    func idempotent() throws {
        try LiveBroker.run { connection, prefix in
            let topology = Topology(prefix: prefix)
            try topology.declare(on: connection)
            try topology.declare(on: connection)
            #expect(try topology.check(on: connection) == [])
        }
    }

    @Test("a check finds everything missing, and makes nothing")
    func findsMissing() throws {
        try LiveBroker.run { connection, prefix in
            let topology = Topology(prefix: prefix)
            for _ in 1...2 {
                let findings = try topology.check(on: connection)
                #expect(findings.count == 17)
                #expect(findings.allSatisfy { $0.kind == .missing && $0.detail.contains("NOT_FOUND") })
            }
        }
    }

    @Test("a check finds each kind of difference", arguments: Difference.allCases)
    func findsDifferences(difference: Difference) throws {
        try LiveBroker.run { connection, prefix in
            let names = BrokerNames(prefix: prefix)
            let object = try difference.make(names, on: connection)
            let topology = Topology(prefix: prefix)
            let different = try topology.check(on: connection).filter { $0.kind == .different }
            #expect(different.map(\.object) == [object])
            #expect(different.allSatisfy { $0.detail.contains("PRECONDITION_FAILED") })
            let error = try #require(throws: TopologyError.self) { try topology.declare(on: connection) }
            #expect(error.object == object)
            #expect(error.description.contains("PRECONDITION_FAILED"))
            #expect(error.description.contains("topology declare"))
        }
    }

    /// An object that is there and not as it should be.
    enum Difference: CaseIterable {
        case queueType, deliveryLimit, deadLetterExchange, deadLetterStrategy, overflow, additionalArgument
        case notDurable, exchangeType, alternateExchange

        /// - Returns: what the finding calls it.
        func make(_ names: BrokerNames, on connection: Connection) throws -> String {
            var arguments: FieldTable = [
                "x-queue-type": "quorum", "x-delivery-limit": 20, "x-dead-letter-exchange": .text(names.dead),
                "x-dead-letter-strategy": "at-least-once", "x-overflow": "reject-publish",
            ]
            var isDurable = true
            switch self {
            case .queueType: arguments["x-queue-type"] = "classic"
            case .deliveryLimit: arguments["x-delivery-limit"] = 5
            case .deadLetterExchange: arguments["x-dead-letter-exchange"] = .text("elsewhere")
            case .deadLetterStrategy: arguments["x-dead-letter-strategy"] = "at-most-once"
            case .overflow: arguments["x-overflow"] = "drop-head"
            case .additionalArgument: arguments["x-max-length"] = 1_000
            case .notDurable:
                isDurable = false
                arguments = [:]
            case .exchangeType:
                try connection.declareExchange(names.events, type: .direct)
                return "exchange \(names.events)"
            case .alternateExchange:
                try connection.declareExchange(names.intake, type: .topic)
                return "exchange \(names.intake)"
            }
            if self == .queueType {
                arguments = ["x-queue-type": "classic"]
            }
            _ = try connection.declareQueue(names.requests, durable: isDurable, arguments: arguments)
            return "queue \(names.requests)"
        }
    }
}
