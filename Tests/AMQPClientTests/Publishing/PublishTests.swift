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
