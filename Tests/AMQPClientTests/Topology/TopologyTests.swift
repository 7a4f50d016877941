import AMQPClient
import Testing

extension LiveBroker {
    @Suite("queues, exchanges and bindings")
    struct TopologyTests {
        @Test("what is declared routes, until it is unbound and deleted")
        func life() throws {
            let connection = try Broker.connect()
            let (exchange, alternate) = (Broker.freshName("exchange"), Broker.freshName("alternate"))
            let (queue, unrouted) = (Broker.freshName("queue"), Broker.freshName("unrouted"))
            try connection.declareExchange(alternate, type: .fanout, durable: false)
            try connection.declareExchange(exchange, type: .topic, durable: false, alternate: alternate)
            #expect(
                try connection.declareQueue(queue, durable: false)
                    == connection.inspectQueue(queue)
            )
            try connection.declareQueue(unrouted, durable: false)
            try connection.bind(queue: queue, to: exchange, routingKey: "a.*")
            try connection.bind(queue: queue, to: exchange, routingKey: "a.*")
            try connection.bind(queue: unrouted, to: alternate, routingKey: "")
            try connection.enableConfirms()
            func publish(_ key: String) throws {
                _ = try connection.publish(OutgoingMessage(exchange: exchange, routingKey: key, body: [1]))
                guard case .confirmed(let confirmation) = try connection.next() else {
                    throw NothingCame(description: "a confirmation was expected")
                }
                #expect(confirmation.isAcknowledged)
            }
            try publish("a.b")
            try publish("b.a")
            #expect(try connection.inspectQueue(queue).messageCount == 1)
            #expect(try connection.inspectQueue(unrouted).messageCount == 1)
            try connection.unbind(queue: queue, from: exchange, routingKey: "a.*")
            try connection.unbind(queue: queue, from: exchange, routingKey: "a.*")
            try publish("a.b")
            #expect(try connection.inspectQueue(unrouted).messageCount == 2)
            #expect(try connection.purgeQueue(unrouted) == 2)
            #expect(try connection.deleteQueue(queue) == 1)
            #expect(try connection.deleteQueue(queue) == 0)
            try connection.deleteQueue(unrouted, ifUnused: true, ifEmpty: true)
            try connection.inspectExchange(exchange)
            try connection.deleteExchange(exchange, ifUnused: true)
            try connection.deleteExchange(alternate)
            connection.close()
        }

        @Test("what is not there, and what is there with other properties, are told apart")
        func differences() throws {
            let connection = try Broker.connect()
            let name = Broker.freshName("queue")
            var epoch = Epoch(1)
            func expect(
                _ code: AMQPError.Code,
                _ replyCode: UInt16,
                sourceLocation: SourceLocation = #_sourceLocation,
                _ operation: () throws -> Void
            ) throws {
                let error = try failure(sourceLocation: sourceLocation, of: operation)
                #expect(error.code == code && error.replyCode == replyCode, sourceLocation: sourceLocation)
                #expect(error.scope == .channel, sourceLocation: sourceLocation)
                #expect(!connection.isChannelOpen, sourceLocation: sourceLocation)
                epoch = epoch.next
                try connection.reopenChannel(epoch: epoch)
            }
            try expect(.notFound, 404) { _ = try connection.inspectQueue(name) }
            try expect(.notFound, 404) { try connection.inspectExchange(name) }
            try expect(.notFound, 404) { try connection.purgeQueue(name) }
            try expect(.notFound, 404) { try connection.bind(queue: name, to: "amq.direct", routingKey: "") }
            try connection.declareQueue(name, durable: false)
            try expect(.preconditionFailed, 406) { try connection.declareQueue(name, durable: true) }
            try expect(.preconditionFailed, 406) {
                try connection.declareQueue(name, durable: false, arguments: ["x-max-length": 5])
            }
            try expect(.preconditionFailed, 406) { try connection.declareExchange("amq.direct", type: .fanout) }
            try expect(.accessRefused, 403) { try connection.declareQueue("amq.reserved") }
            let other = try Broker.connect()
            let exclusive = try other.declareQueue("", durable: false, exclusive: true).name
            try expect(.resourceLocked, 405) { _ = try connection.inspectQueue(exclusive) }
            other.close()
            try connection.deleteQueue(name)
            connection.close()
        }

        @Test("names and arguments that do not fit are refused before anything is sent")
        func limits() throws {
            let connection = try Broker.connect(ConnectionOptions(frameMax: 4096))
            let long = String(repeating: "q", count: 256)
            let large: FieldTable = ["x": .bytes(Array(repeating: 0, count: 4096))]
            let calls: [() throws -> Void] = [
                { try connection.declareQueue(long) },
                { try connection.declareQueue("q", arguments: large) },
                { try connection.declareQueue("q", arguments: FieldValueSamples.nested(33)) },
                { try connection.declareExchange(long, type: .direct) },
                { try connection.bind(queue: "q", to: long, routingKey: "") },
                { try connection.bind(queue: "q", to: "e", routingKey: long) },
                { _ = try connection.consume(queue: long, prefetch: 1) },
                { _ = try connection.get(queue: long) },
                { try connection.cancel(ConsumerTag(long)) },
            ]
            for call in calls {
                let error = try failure(of: call)
                #expect(error.code == .invalidArgument && error.scope == .none)
            }
            #expect(connection.isUsable)
            connection.close()
        }
    }
}
