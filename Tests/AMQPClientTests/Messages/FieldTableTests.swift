import AMQPClient
import Testing

/// Values of every type, at the edges of what they hold.
enum FieldValueSamples {
    /// All that RabbitMQ can read; it cannot read `L`, and neither infinity nor NaN.
    static let known: [FieldValue] = [
        .boolean(true), .boolean(false), .int8(.min), .int8(.max), .uint8(.max), .int16(.min), .int16(.max),
        .uint16(.max), .int32(.min), .int32(.max), .uint32(.max), .int64(.min), .int64(.max), .int64(0),
        .float(bitPattern: Float(1.5).bitPattern), .float(bitPattern: Float.leastNonzeroMagnitude.bitPattern),
        .double(bitPattern: Double.pi.bitPattern), .double(bitPattern: (-Double.greatestFiniteMagnitude).bitPattern),
        .double(bitPattern: (-0.0).bitPattern), .decimal(scale: 2, value: 12_345), .text(""), .text("text"),
        .longString([0x00, 0xFF, 0xFE]), .longString(Array(repeating: 0x61, count: 1000)), .array([]),
        .array(["a", true, 1, .void, .array([.table(["k": 1])])]), .timestamp(1_700_000_000), .timestamp(0),
        .table([:]), .table(["a": "b", "c": .table(["d": .array([1, 2])])]), .void, .bytes([]),
        .bytes([0x00, 0x01, 0xFF]),
    ]

    static let table = FieldTable(
        known.enumerated().map { FieldTable.Entry(name: "k\($0.offset)", value: $0.element) }
    )

    /// Tables within a table, so that the outermost counts as 1.
    static func nested(_ depth: Int) -> FieldTable {
        depth <= 1 ? [:] : ["t": .table(nested(depth - 1))]
    }
}

@Suite("field tables")
struct FieldTableTests {
    @Test("looking up, replacing and removing by name")
    func subscripts() {
        var table: FieldTable = ["a": 1, "b": "x"]
        table["a"] = 2
        table["c"] = true
        #expect(table.entries.map(\.name) == ["a", "b", "c"])
        #expect(table["a"]?.integer == 2)
        #expect(table["b"]?.text == "x")
        table["b"] = nil
        #expect(table["b"] == nil)
        #expect(table.entries.count == 2)
        let twice = FieldTable([.init(name: "n", value: 1), .init(name: "n", value: 2)])
        #expect(twice["n"] == 1)
    }

    @Test(
        "an integer of any width is an integer",
        arguments: [
            .int8(-1), .int16(-1), .int32(-1), .int64(-1),
        ] as [FieldValue]
    )
    func integers(_ value: FieldValue) {
        #expect(value.integer == -1)
    }

    @Test("what is no integer, text, table or array is not taken for one")
    func otherTypes() {
        #expect(FieldValue.uint64(.max).integer == nil)
        #expect(FieldValue.timestamp(1).integer == nil)
        #expect(FieldValue.longString([0xFF]).text == nil)
        #expect(FieldValue.bytes([0x61]).text == nil)
        #expect(FieldValue.array([]).table == nil)
        #expect(FieldValue.table([:]).elements == nil)
    }
}

extension LiveBroker {
    @Suite("properties on their way through the broker")
    struct PropertiesTests {
        @Test("all 14 properties and every field type come back as they were sent, twice over")
        func roundTrip() throws {
            let connection = try Broker.connect()
            let queue = try connection.declareQueue("", durable: false, exclusive: true).name
            var properties = Properties()
            properties.contentType = "application/json"
            properties.contentEncoding = "identity"
            properties.headers = FieldValueSamples.table
            properties.deliveryMode = 2
            properties.priority = 9
            properties.correlationID = "correlation"
            properties.replyTo = "reply"
            properties.expiration = "60000"
            properties.messageID = "message é"
            properties.timestamp = 1_700_000_000
            properties.type = "kind"
            properties.userID = try Broker.endpoint().user
            properties.applicationID = "app"
            properties.clusterID = "cluster"
            try connection.put([[1, 2, 3]], in: queue, properties: properties)
            let first = try #require(try connection.get(queue: queue))
            #expect(first.delivery.properties == properties)
            #expect(first.delivery.body == .complete([1, 2, 3]))
            #expect(first.remaining == 0)
            #expect(first.delivery.consumerTag == nil)
            try connection.put([[]], in: queue, properties: first.delivery.properties)
            let second = try #require(try connection.get(queue: queue))
            #expect(second.delivery.properties == properties)
            #expect(try connection.get(queue: queue) == nil)
            connection.close()
        }

        @Test("a property that was not sent is not there")
        func absent() throws {
            let connection = try Broker.connect()
            let queue = try connection.declareQueue("", durable: false, exclusive: true).name
            try connection.put([[]], in: queue)
            let fetched = try #require(try connection.get(queue: queue))
            #expect(fetched.delivery.properties == Properties())
            connection.close()
        }

        @Test("an empty text and an empty table are there")
        func empty() throws {
            let connection = try Broker.connect()
            let queue = try connection.declareQueue("", durable: false, exclusive: true).name
            var properties = Properties()
            properties.messageID = ""
            properties.headers = [:]
            try connection.put([[]], in: queue, properties: properties)
            #expect(try connection.get(queue: queue)?.delivery.properties == properties)
            connection.close()
        }

        @Test("what breaks a limit is refused before a byte is sent, and the connection goes on")
        func limits() throws {
            let connection = try Broker.connect()
            try connection.enableConfirms()
            let queue = try connection.declareQueue("", durable: false, exclusive: true).name
            let long = String(repeating: "x", count: 256)
            var breaking: [OutgoingMessage] = [
                OutgoingMessage(exchange: long, routingKey: queue, body: []),
                OutgoingMessage(exchange: "", routingKey: long, body: []),
            ]
            let edits: [(inout Properties) -> Void] = [
                { $0.messageID = long }, { $0.clusterID = long }, { $0.type = long },
                { $0.headers = [long: 1] },
                { $0.headers = ["h": .bytes(Array(repeating: 0, count: 131_072))] },
                { $0.headers = FieldValueSamples.nested(FieldTable.maximumDepth + 1) },
            ]
            for edit in edits {
                var properties = Properties()
                edit(&properties)
                breaking.append(OutgoingMessage(exchange: "", routingKey: queue, properties: properties, body: []))
            }
            for message in breaking {
                let error = try failure { _ = try connection.publish(message) }
                #expect(error.code == .invalidArgument)
                #expect(error.scope == .none)
            }
            var deepest = Properties()
            deepest.headers = FieldValueSamples.nested(FieldTable.maximumDepth)
            deepest.messageID = String(repeating: "x", count: 255)
            let last = OutgoingMessage(exchange: "", routingKey: queue, properties: deepest, body: [7])
            #expect(try connection.publish(last) == 1)
            #expect(try connection.confirmations(through: 1).settled == [1: true])
            #expect(try connection.get(queue: queue)?.delivery.properties == deepest)
            connection.close()
        }

        @Test("headers that fill a frame to the last byte go through; one more is refused")
        func fullFrame() throws {
            let connection = try Broker.connect(ConnectionOptions(frameMax: 4096))
            try connection.enableConfirms()
            let queue = try connection.declareQueue("", durable: false, exclusive: true).name
            // Frame 8, class and weight 4, body size 8, flags 2, table 4, name 2, tag and length 5.
            let room = Int(connection.frameMax) - 8 - 14 - 4 - 2 - 5
            var properties = Properties()
            properties.headers = ["h": .bytes(Array(repeating: 1, count: room + 1))]
            let over = OutgoingMessage(exchange: "", routingKey: queue, properties: properties, body: [])
            #expect(try failure { _ = try connection.publish(over) }.code == .invalidArgument)
            properties.headers = ["h": .bytes(Array(repeating: 1, count: room))]
            try connection.publish(OutgoingMessage(exchange: "", routingKey: queue, properties: properties, body: [1]))
            #expect(try connection.confirmations(through: 1).settled == [1: true])
            #expect(try connection.get(queue: queue)?.delivery.properties == properties)
            connection.close()
        }

        @Test("more than the options allow is left out, and says so")
        func maximumHeaderSize() throws {
            let connection = try Broker.connect(ConnectionOptions(maximumHeaderSize: 100))
            let queue = try connection.declareQueue("", durable: false, exclusive: true).name
            var properties = Properties()
            properties.messageID = "m"
            properties.headers = ["h": .bytes(Array(repeating: 1, count: 100))]
            try connection.put([[]], in: queue, properties: properties)
            let fetched = try #require(try connection.get(queue: queue)).delivery.properties
            #expect(fetched.damage == .headersTooLarge)
            #expect(fetched.headers == nil)
            #expect(fetched.messageID == "m")
            let again = OutgoingMessage(exchange: "", routingKey: queue, properties: fetched, body: [])
            #expect(try failure { _ = try connection.publish(again) }.code == .invalidArgument)
            connection.close()
        }
    }
}
