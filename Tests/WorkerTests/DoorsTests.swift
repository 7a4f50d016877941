import AMQPClient
import Foundation
import Testing

/// What comes by a side door is a dead letter, whatever it says (contract § 2). Published by a user who may do everything,
/// so that only the worker stands in the way; what the broker refuses to others is shown by `PermissionsTests`.
@Suite("A message type counts only through its sender's exchange")
struct DoorsTests {
    /// How a message reaches a worker's queue, and what becomes of it.
    struct Door: CustomTestStringConvertible, Sendable {
        let name: String
        let code: String
        /// The end of the exchange that the broker named, which the worker writes as the origin.
        let origin: String
        let send: @Sendable (TestBroker) throws -> Void

        var testDescription: String { name }
    }

    private static let doors = [
        Door(name: "the default exchange", code: "wrong_sender", origin: "") { broker in
            try broker.publish([review], as: broker.prefix + "refund.replies", to: "", properties: signed(broker))
        },
        Door(name: "a copy (CC) under another key", code: "wrong_sender", origin: "refund.intake") { broker in
            try broker.publish(
                [Requests.cancellation("rr-copy")], as: "refund.asked", to: broker.prefix + "refund.intake",
                properties: copied("CC", type: "refund.requested"))
        },
        Door(name: "a blind copy (BCC) under another key", code: "wrong_sender", origin: "refund.intake") { broker in
            try broker.publish(
                [Requests.cancellation("rr-blind")], as: "refund.asked", to: broker.prefix + "refund.intake",
                properties: copied("BCC", type: "refund.requested"))
        },
        // No binding of ours takes a key with a line end behind it; a copy brings it into the queue all the same.
        Door(name: "a line end behind the key", code: "wrong_sender", origin: "refund.intake") { broker in
            try broker.publish(
                [Requests.cancellation("rr-line")], as: "refund.requested\n", to: broker.prefix + "refund.intake",
                properties: copied("CC", type: "refund.requested"))
        },
        Door(name: "a line end behind a person's key", code: "wrong_sender", origin: "refund.intake") { broker in
            try broker.publish(
                [review], as: "refund.reviewed\n", to: broker.prefix + "refund.intake",
                properties: copied("CC", type: "refund.reviewed"))
        },
        Door(name: "the replies' queue, bound to one's own", code: "wrong_sender", origin: "upstream.own") { broker in
            let own = broker.prefix + "upstream.own"
            try broker.raw.declareExchange(own, type: .topic)
            try broker.raw.bind(queue: broker.prefix + "refund.replies", to: own, routingKey: "#")
            try broker.publish([review], as: "refund.reviewed", to: own, properties: signed(broker))
        },
        Door(name: "the people's exchange, bound so", code: "wrong_sender", origin: "upstream.front") { broker in
            let own = broker.prefix + "upstream.front"
            try broker.raw.declareExchange(own, type: .topic)
            try broker.raw.bind(exchange: broker.prefix + "refund.people", to: own, routingKey: "#")
            try broker.publish([review], as: "refund.reviewed", to: own, properties: signed(broker))
        },
        Door(
            name: "an exchange of one's own, whose alternate is the people's", code: "wrong_sender",
            origin: "upstream.blind"
        ) { broker in
            let own = broker.prefix + "upstream.blind"
            try broker.raw.declareExchange(own, type: .topic, alternate: broker.prefix + "refund.people")
            try broker.publish([review], as: "refund.reviewed", to: own, properties: signed(broker))
        },
        Door(name: "a person whom the broker has not named", code: "wrong_sender", origin: "refund.people") { broker in
            try broker.publish([review], as: "refund.reviewed", isSigned: false)
        },
        Door(name: "the access system speaks for the payout", code: "wrong_sender", origin: "refund.access") { broker in
            try broker.publish(
                [succeeded("payout")], as: "command.succeeded", to: broker.prefix + "refund.access")
        },
        Door(name: "the payout system speaks for the access", code: "wrong_sender", origin: "refund.payout") { broker in
            try broker.publish(
                [succeeded("revoke")], as: "command.succeeded", to: broker.prefix + "refund.payout")
        },
        Door(name: "a reply that names an origin", code: "wrong_sender", origin: "refund.access") { broker in
            var properties = Properties()
            properties.headers = ["refund-source-exchange": .text(broker.prefix + "refund.payout")]
            try broker.publish(
                [succeeded("payout")], as: "command.succeeded", to: broker.prefix + "refund.access",
                properties: properties)
        },
        Door(name: "a replay of what a person said", code: "wrong_sender", origin: "refund.replay") { broker in
            var properties = signed(broker)
            properties.headers = ["refund-source-exchange": .text(broker.prefix + "refund.people")]
            try broker.raw.bind(
                queue: broker.prefix + "refund.replies", to: broker.prefix + "refund.replay",
                routingKey: "refund.reviewed")
            try broker.publish(
                [review], as: "refund.reviewed", to: broker.prefix + "refund.replay", properties: properties)
        },
        Door(name: "a replay that names no origin", code: "wrong_sender", origin: "refund.replay") { broker in
            try broker.publish(
                [Requests.cancellation("rr-replay")], as: "refund.requested", to: broker.prefix + "refund.replay")
        },
        Door(name: "an origin that a sender has written itself", code: "wrong_sender", origin: "") { broker in
            var properties = signed(broker)
            properties.headers = ["refund-source-exchange": .text(broker.prefix + "refund.people")]
            try broker.publish(
                [review], as: broker.prefix + "refund.replies", to: "", properties: properties)
        },
        Door(name: "a type that contradicts the key", code: "invalid_field", origin: "refund.intake") { broker in
            var properties = Properties()
            properties.type = "refund.reviewed"
            try broker.publish(
                [Requests.cancellation("rr-type")], as: "refund.requested", properties: properties)
        },
    ]

    private static let review = Array(
        #"""
        {"action_id": "A-1", "request_id": "rr-door", "verdict": "approve", "by": "anna", "note": "fine",
         "amount": {"amount": "50000.00", "currency": "USD"}}
        """#.utf8)

    private static func succeeded(_ command: String) -> [UInt8] {
        let id = "rr-door/\(command)"
        return Array(
            #"{"command_id":"\#(id)","idempotency_key":"\#(id)#1","occurred_at":"2022-02-22T10:00:00Z"}"#.utf8)
    }

    /// With a copy that does come into the requests' queue.
    private static func copied(_ header: String, type: String) -> Properties {
        var properties = Properties()
        properties.type = type
        properties.headers = FieldTable([FieldTable.Entry(name: header, value: .array([.text("refund.requested")]))])
        return properties
    }

    private static func signed(_ broker: TestBroker) -> Properties {
        var properties = Properties()
        properties.userID = broker.raw.endpoint.user
        return properties
    }

    @Test("each side door leads to refund.dead, with an origin that the worker alone has written")
    func doors() throws {
        let broker = try TestBroker()
        let worker = try broker.startWorker()
        for door in DoorsTests.doors {
            try door.send(broker)
            let letter = try broker.take(1, from: "refund.dead")[0]
            #expect(letter.header("refund-error-code") == door.code, "\(door.name)")
            let origin = letter.header("refund-source-exchange") ?? ""
            #expect(origin == (door.origin.isEmpty ? "" : broker.prefix + door.origin), "\(door.name)")
            #expect(letter.properties.userID == nil, "\(door.name)")
            // What is wrong_sender is never sent again.
            #expect(try broker.count(in: "refund.dead") == 0)
        }
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
    }

    /// Only an administrator gets so far: to everybody else the broker refuses the declaration (`PermissionsTests`).
    @Test(
        "what dead-letters into the people's exchange is taken for theirs: the right to make such a queue is the door")
    func deadLettering() throws {
        let broker = try TestBroker()
        let worker = try broker.startWorker()
        let own = broker.prefix + "upstream.dead"
        try broker.raw.declareQueue(
            own,
            arguments: [
                "x-queue-type": "quorum", "x-message-ttl": 1,
                "x-dead-letter-exchange": .text(broker.prefix + "refund.people"),
                "x-dead-letter-routing-key": "payouts.paused",
            ])
        let pause = #"{"action_id": "P-1", "by": "anna", "note": "not hers"}"#
        try broker.publish([Array(pause.utf8)], as: own, to: "", properties: DoorsTests.signed(broker))
        let alert = try broker.take(1, from: "refund.alerts")[0]
        #expect(alert["code"] as? String == "payouts_paused")
        #expect(try broker.count(in: "refund.dead") == 0)
        try broker.raw.deleteQueue(own)
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
    }

    @Test("a dead letter of an upstream's is replayed once, whatever its sender wrote into its headers")
    func replay() throws {
        let broker = try TestBroker()
        let worker = try broker.startWorker()
        var properties = Properties()
        properties.headers = [
            "refund-source-exchange": .text(broker.prefix + "refund.people"), "refund-original-user-id": "boss",
            "CC": .array([.text("refund.requested"), .text("refund.withdrawn")]), "campaign": "spring",
        ]
        var broken = String(decoding: Requests.cancellation("rr-again"), as: UTF8.self)
        broken = broken.replacing("\"kind\"", with: "\"sort\"")
        try broker.publish([Array(broken.utf8)], properties: properties)
        var letters = try broker.take(1, from: "refund.dead")
        #expect(letters.allSatisfy { $0.header("refund-source-exchange") == broker.prefix + "refund.intake" })
        #expect(letters.allSatisfy { $0.header("refund-original-user-id") == nil })
        for letter in letters {
            try broker.publish([letter.body], to: broker.prefix + "refund.dead", properties: letter.properties)
        }
        let replayed = try broker.run("dead", "replay", "--all")
        #expect(replayed.status == 0, "\(replayed.errors)")
        letters = try broker.take(1, from: "refund.dead")
        #expect(letters.allSatisfy { $0.header("campaign") == "spring" && $0.properties.headers?["CC"] == nil })
        #expect(letters.allSatisfy { $0.header("refund-source-exchange") == broker.prefix + "refund.intake" })
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
    }
}
