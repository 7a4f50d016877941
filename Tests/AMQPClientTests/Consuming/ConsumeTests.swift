import AMQPClient
import Testing

extension LiveBroker {
    @Suite("consuming")
    struct ConsumeTests {
        @Test("what is acknowledged is gone, what is requeued comes again marked as redelivered")
        func settle() throws {
            let connection = try Broker.connect()
            let queue = try connection.declareQueue("", durable: false, exclusive: true).name
            try connection.put([[1], [2]], in: queue)
            let tag = try connection.consume(queue: queue, prefetch: 10)
            let first = try connection.nextDelivery()
            let second = try connection.nextDelivery()
            #expect(first.consumerTag == tag && first.routingKey == queue && first.exchange == "")
            #expect(!first.redelivered)
            #expect(first.tag == DeliveryTag(epoch: Epoch(1), number: 1))
            #expect(try connection.acknowledge(first.tag))
            #expect(try connection.reject(second.tag, requeue: true))
            let again = try connection.nextDelivery()
            #expect(again.body == .complete([2]) && again.redelivered)
            #expect(try connection.reject(again.tag, requeue: false))
            try connection.cancel(tag)
            #expect(try connection.inspectQueue(queue).messageCount == 0)
            connection.close()
        }

        @Test("acknowledging several settles all up to the tag")
        func multiple() throws {
            let connection = try Broker.connect()
            let queue = Broker.freshName("multiple")
            try connection.declareQueue(queue, durable: false)
            defer { remove(queue) }
            try connection.put([[1], [2], [3]], in: queue)
            _ = try connection.consume(queue: queue, prefetch: 10)
            let deliveries = try (0..<3).map { _ in try connection.nextDelivery() }
            try connection.acknowledge(deliveries[1].tag, multiple: true)
            // Only the third goes back to the queue when the connection ends.
            #expect(connection.close())
            let other = try Broker.connect()
            let left = try #require(try other.get(queue: queue))
            #expect(left.delivery.body == .complete([3]) && left.delivery.redelivered && left.remaining == 0)
            other.close()
        }

        @Test("a consumer that nobody waits for says when it is there, before its first delivery")
        func started() throws {
            let connection = try Broker.connect()
            let queue = try connection.declareQueue("", durable: false, exclusive: true).name
            try connection.put([[1]], in: queue)
            let tag = try connection.startConsuming(queue: queue, prefetch: 1)
            #expect(try connection.inspectQueue(queue).consumerCount == 1)
            #expect(try connection.next() == .consumerStarted(tag))
            let delivery = try connection.nextDelivery()
            #expect(delivery.consumerTag == tag)
            try connection.stopConsuming(tag)
            let next = try connection.startConsuming(queue: queue, prefetch: 2)
            #expect(try connection.next() == .consumerStarted(next))
            #expect(try connection.inspectQueue(queue).consumerCount == 1, "the first has ended without an answer")
            connection.close()
        }

        @Test("a queue that is not there is told when the broker says so, and the channel can be opened again")
        func startedNowhere() throws {
            let connection = try Broker.connect()
            _ = try connection.startConsuming(queue: Broker.freshName("missing"), prefetch: 1)
            let error = try failure { _ = try connection.next() }
            #expect(error.code == .notFound && error.scope == .channel)
            try connection.reopenChannel(epoch: Epoch(2))
            let queue = try connection.declareQueue("", durable: false, exclusive: true).name
            let tag = try connection.startConsuming(queue: queue, prefetch: 1)
            #expect(try connection.next() == .consumerStarted(tag))
            connection.close()
        }

        @Test("two consumers on one channel each have a window of their own")
        func windows() throws {
            let connection = try Broker.connect()
            let (one, two) = (
                try connection.declareQueue("", durable: false, exclusive: true).name,
                try connection.declareQueue("", durable: false, exclusive: true).name
            )
            try connection.put(Array(repeating: [1], count: 10), in: one)
            let first = try connection.consume(queue: one, prefetch: 2)
            let second = try connection.consume(queue: two, prefetch: 3)
            #expect(first != second)
            let fromFirst = try [connection.nextDelivery(), connection.nextDelivery()]
            #expect(fromFirst.allSatisfy { $0.consumerTag == first })
            // The first window is full; only the second consumer can be served now.
            try connection.enableConfirms()
            for _ in 0..<5 { try connection.publish(OutgoingMessage(exchange: "", routingKey: two, body: [2])) }
            var deliveries: [Delivery] = []
            var confirmed: UInt64 = 0
            while deliveries.count < 3 || confirmed < 15 {
                switch try connection.next() {
                case .delivery(let delivery): deliveries.append(delivery)
                case .confirmed(let confirmation): confirmed = max(confirmed, confirmation.sequence)
                default: Issue.record("unexpected event")
                }
            }
            #expect(deliveries.count == 3 && deliveries.allSatisfy { $0.consumerTag == second })
            // A call's answer comes after all that the broker had to say before it.
            #expect(try connection.inspectQueue(one).messageCount == 8)
            #expect(try connection.inspectQueue(two).messageCount == 2)
            #expect(try connection.receive(waitingAtMost: .zero) == nil)
            try connection.acknowledge(fromFirst[0].tag)
            #expect(try connection.nextDelivery().consumerTag == first)
            connection.close()
        }

        @Test("deliveries that come while a call is waiting are not lost and keep their order")
        func duringCalls() throws {
            let connection = try Broker.connect()
            let queue = try connection.declareQueue("", durable: false, exclusive: true).name
            try connection.put((0..<200).map { [UInt8($0)] }, in: queue)
            _ = try connection.consume(queue: queue, prefetch: 1000)
            for _ in 0..<20 { _ = try connection.inspectQueue(queue) }
            #expect(connection.hasBufferedInput)
            let bodies = try (0..<200).map { _ in try connection.nextDelivery().body }
            #expect(bodies == (0..<200).map { .complete([UInt8($0)]) })
            connection.close()
        }

        @Test("a tag of an earlier epoch is ignored, and never reaches the broker")
        func staleTags() throws {
            let connection = try Broker.connect(epoch: Epoch(2))
            let queue = try connection.declareQueue("", durable: false, exclusive: true).name
            try connection.put([[1]], in: queue)
            _ = try connection.consume(queue: queue, prefetch: 1)
            let delivery = try connection.nextDelivery()
            for stale in [DeliveryTag(epoch: Epoch(1), number: 1), DeliveryTag(epoch: Epoch(3), number: 99)] {
                #expect(try !connection.acknowledge(stale, multiple: true))
                #expect(try !connection.reject(stale, requeue: false))
            }
            let zero = DeliveryTag(epoch: Epoch(2), number: 0)
            #expect(try failure { _ = try connection.acknowledge(zero) }.code == .invalidArgument)
            // An unknown tag would have closed the channel, and tag 1 would have been settled.
            #expect(try connection.inspectQueue(queue).consumerCount == 1)
            #expect(try connection.acknowledge(delivery.tag))
            connection.close()
        }

        @Test("settling a delivery twice closes the channel; opened again it works with a new epoch")
        func twice() throws {
            let connection = try Broker.connect()
            let queue = try connection.declareQueue("", durable: false, exclusive: true).name
            try connection.put([[1], [2]], in: queue)
            let consumer = try connection.consume(queue: queue, prefetch: 2)
            let delivery = try connection.nextDelivery()
            _ = try connection.nextDelivery()
            try connection.acknowledge(delivery.tag)
            try connection.acknowledge(delivery.tag)
            let error = try failure { _ = try connection.next() }
            #expect(error.code == .preconditionFailed && error.scope == .channel && error.replyCode == 406)
            #expect(error.replyText?.contains("unknown delivery tag") == true)
            #expect(!connection.isChannelOpen && !connection.isUsable)
            #expect(try failure { _ = try connection.acknowledge(delivery.tag) }.code == .channelNotOpen)
            #expect(try failure { try connection.reopenChannel(epoch: Epoch(1)) }.code == .invalidArgument)
            try connection.reopenChannel(epoch: Epoch(2))
            #expect(connection.isUsable && connection.epoch == Epoch(2))
            #expect(try connection.consume(queue: queue, prefetch: 2) != consumer)
            let again = try connection.nextDelivery()
            #expect(again.body == .complete([2]) && again.tag == DeliveryTag(epoch: Epoch(2), number: 1))
            #expect(try !connection.acknowledge(delivery.tag))
            #expect(try connection.acknowledge(again.tag))
            connection.close()
        }

        @Test("the broker tells when it ends a consumer because its queue is deleted")
        func cancelled() throws {
            let connection = try Broker.connect()
            let queue = Broker.freshName("cancelled")
            try connection.declareQueue(queue, durable: false)
            let tag = try connection.consume(queue: queue, prefetch: 1)
            remove(queue)
            #expect(try connection.next() == .consumerCancelled(tag))
            #expect(connection.isUsable)
            connection.close()
        }

        @Test("a queue that is not there, and a prefetch without limit")
        func refused() throws {
            let connection = try Broker.connect()
            #expect(try failure { _ = try connection.consume(queue: "q", prefetch: 0) }.code == .invalidArgument)
            let missing = Broker.freshName("missing")
            #expect(try failure { _ = try connection.consume(queue: missing, prefetch: 1) }.code == .notFound)
            try connection.reopenChannel(epoch: Epoch(2))
            #expect(try failure { _ = try connection.get(queue: missing) }.code == .notFound)
            connection.close()
        }

        private func remove(_ queue: String) {
            do {
                let connection = try Broker.connect()
                try connection.deleteQueue(queue)
                connection.close()
            } catch {
                Issue.record(error)
            }
        }
    }
}
