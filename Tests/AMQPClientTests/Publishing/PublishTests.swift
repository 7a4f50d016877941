import AMQPClient
import Testing

extension LiveBroker {
    @Suite("publishing with confirms")
    struct PublishTests {
        @Test("every message of a burst is confirmed, by number or with others")
        func burst() throws {
            let connection = try Broker.connect()
            let queue = try connection.declareQueue("", durable: false, exclusive: true).name
            let message = OutgoingMessage(exchange: "", routingKey: queue, body: [1])
            #expect(try connection.publish(message) == 0)
            try connection.enableConfirms()
            try connection.enableConfirms()
            let numbers = try (1...500).map { _ in try connection.publish(message) }
            #expect(numbers == Array(1...500))
            let (settled, others) = try connection.confirmations(through: 500)
            #expect(settled.count == 500 && settled.values.allSatisfy { $0 })
            #expect(others.isEmpty)
            #expect(try connection.inspectQueue(queue).messageCount == 501)
            connection.close()
        }

        @Test("a burst in one write arrives whole and in order, whatever the sizes, and is confirmed by number")
        func together() throws {
            let connection = try Broker.connect()
            let queue = try connection.declareQueue("", durable: false, exclusive: true).name
            try connection.enableConfirms()
            let frame = Int(connection.frameMax) - 8
            let sizes = [0, 1, 500, frame - 1, frame, frame + 1, 3 * frame, 700_000, 7] + Array(1...300)
            let messages = sizes.enumerated().map { number, size in
                var properties = Properties()
                properties.messageID = "m-\(number)"
                properties.deliveryMode = 2
                properties.headers = ["attempt": .int32(Int32(number))]
                return OutgoingMessage(
                    exchange: "", routingKey: queue, mandatory: true, properties: properties,
                    body: [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: size))
            }
            #expect(try connection.publish(contentsOf: []) == 0)
            #expect(try connection.publish(contentsOf: messages) == UInt64(sizes.count))
            let (settled, others) = try connection.confirmations(through: UInt64(sizes.count))
            #expect(settled.values.allSatisfy { $0 } && others.isEmpty)
            for (number, message) in messages.enumerated() {
                let (delivery, _) = try #require(try connection.get(queue: queue))
                #expect(delivery.properties == message.properties, "message \(number)")
                #expect(delivery.body == .complete(message.body), "message \(number) of \(sizes[number]) bytes")
            }
            connection.close()
        }

        @Test("a message that can't be sent is refused, those before it were sent, and the connection goes on")
        func refusedInBurst() throws {
            let connection = try Broker.connect()
            let queue = try connection.declareQueue("", durable: false, exclusive: true).name
            try connection.enableConfirms()
            let good = OutgoingMessage(exchange: "", routingKey: queue, body: [1])
            let bad = OutgoingMessage(exchange: "", routingKey: String(repeating: "k", count: 256), body: [2])
            let error = #expect(throws: AMQPError.self) { try connection.publish(contentsOf: [good, bad, good]) }
            #expect(error?.code == .invalidArgument)
            #expect(try connection.publish(contentsOf: [good]) == 2)
            _ = try connection.confirmations(through: 2)
            #expect(try connection.inspectQueue(queue).messageCount == 2)
            connection.close()
        }

        @Test("a mandatory message without a queue comes back before it is confirmed")
        func returned() throws {
            let connection = try Broker.connect()
            let exchange = Broker.freshName("exchange")
            try connection.declareExchange(exchange, type: .direct, durable: false, autoDelete: true)
            defer { try? connection.deleteExchange(exchange) }
            try connection.enableConfirms()
            var properties = Properties()
            properties.messageID = "m-1"
            let message = OutgoingMessage(exchange: exchange, routingKey: "k", properties: properties, body: [1, 2])
            try connection.publish(message)
            let expected = ReturnedMessage(
                replyCode: 312,
                replyText: "NO_ROUTE",
                exchange: exchange,
                routingKey: "k",
                properties: properties,
                body: .complete([1, 2])
            )
            #expect(try connection.next() == .returned(expected))
            let acknowledged = Confirmation(sequence: 1, multiple: false, isAcknowledged: true)
            #expect(try connection.next() == .confirmed(acknowledged))
            var silent = message
            silent.mandatory = false
            try connection.publish(silent)
            guard case .confirmed(let confirmation) = try connection.next() else {
                Issue.record("a message that is not mandatory came back")
                return
            }
            #expect(confirmation.sequence == 2 && confirmation.isAcknowledged)
        }

        @Test("a full queue that rejects is heard as a refusal")
        func refused() throws {
            let connection = try Broker.connect()
            let queue = try connection.declareQueue(
                "",
                durable: false,
                exclusive: true,
                arguments: ["x-max-length": 1, "x-overflow": "reject-publish"]
            ).name
            try connection.enableConfirms()
            let message = OutgoingMessage(exchange: "", routingKey: queue, body: [1])
            try connection.publish(message)
            #expect(try connection.confirmations(through: 1).settled == [1: true])
            try connection.publish(message)
            try connection.publish(message)
            guard case .confirmed(let confirmation) = try connection.next() else {
                Issue.record("no confirmation came")
                return
            }
            #expect(!confirmation.isAcknowledged && (2...3).contains(confirmation.sequence))
            connection.close()
        }

        @Test("an exchange that is not there closes the channel, and numbers start again on the next")
        func noExchange() throws {
            let connection = try Broker.connect()
            try connection.enableConfirms()
            let missing = Broker.freshName("missing")
            #expect(try connection.publish(OutgoingMessage(exchange: missing, routingKey: "", body: [1])) == 1)
            let error = try failure { _ = try connection.next() }
            #expect(error.code == .notFound && error.scope == .channel)
            try connection.reopenChannel(epoch: Epoch(2))
            let queue = try connection.declareQueue("", durable: false, exclusive: true).name
            let message = OutgoingMessage(exchange: "", routingKey: queue, body: [1])
            #expect(try connection.publish(message) == 0)
            try connection.enableConfirms()
            #expect(try connection.publish(message) == 1)
            #expect(try connection.confirmations(through: 1).settled == [1: true])
            connection.close()
        }

        @Test("a header that the broker cannot read ends the connection with its reason")
        func unreadableHeader() throws {
            let connection = try Broker.connect()
            try connection.enableConfirms()
            let queue = try connection.declareQueue("", durable: false, exclusive: true).name
            var properties = Properties()
            properties.headers = ["x": .double(bitPattern: Double.infinity.bitPattern), "CC": .array([])]
            try connection.publish(OutgoingMessage(exchange: "", routingKey: queue, properties: properties, body: []))
            let error = try failure {
                while true { _ = try connection.next() }
            }
            #expect(error.code == .connectionClosed && error.replyCode == 541)
            #expect(error.scope == .connection)
            #expect(!connection.isUsable)
        }
    }
}
