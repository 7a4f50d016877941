import AMQPClient
import Foundation
import Testing

extension LiveBroker {
    @Suite("what the broker does by itself")
    struct BrokerSideTests {
        @Test("an alarm blocks the connection that publishes, and its end unblocks it")
        func alarm() throws {
            let connection = try Broker.connect()
            let queue = try connection.declareQueue("", durable: false, exclusive: true).name
            try Broker.control("set_vm_memory_high_watermark", "0.00001")
            defer {
                do { try Broker.control("set_vm_memory_high_watermark", "0.4") } catch { Issue.record(error) }
            }
            // A connection is blocked once it publishes.
            try connection.publish(OutgoingMessage(exchange: "", routingKey: queue, body: [1]))
            guard case .blocked(let reason) = try connection.next() else {
                Issue.record("the connection was not blocked")
                return
            }
            #expect(reason.contains("memory"))
            try Broker.control("set_vm_memory_high_watermark", "0.4")
            #expect(try connection.next() == .unblocked)
            connection.close()
        }

        @Test("an operator who closes the connections is quoted in the error")
        func closed() throws {
            // A virtual host of its own, so that nobody else's connections are closed.
            let virtualHost = Broker.freshName("vhost")
            let user = try Broker.endpoint().user
            try Broker.control("add_vhost", virtualHost)
            defer {
                do { try Broker.control("delete_vhost", virtualHost) } catch { Issue.record(error) }
            }
            try Broker.control("set_permissions", "-p", virtualHost, user, ".*", ".*", ".*")
            let endpoint = try Broker.endpoint(virtualHost: virtualHost)
            let connection = try Connection.open(endpoint, epoch: Epoch(1))
            try Broker.control("close_all_connections", "--vhost", virtualHost, "for maintenance")
            let error = try failure { _ = try connection.next() }
            #expect(error.code == .connectionClosed)
            #expect(error.replyCode == 320)
            #expect(error.replyText?.contains("for maintenance") == true)
            #expect(error.scope == .connection)
            #expect(error.endpoint == endpoint.address)
            #expect(!connection.isUsable && connection.fileDescriptor == -1)
            let later = try failure { _ = try connection.receive(waitingAtMost: .zero) }
            #expect(later.code == .notConnected)
        }

        @Test("heartbeats keep a quiet connection alive for longer than the broker's patience")
        func heartbeat() throws {
            let connection = try Connection.open(Broker.endpoint(heartbeat: .seconds(1)), epoch: Epoch(1))
            #expect(connection.heartbeat == .seconds(1))
            let target = try connection.declareQueue("", durable: false, exclusive: true).name
            // The broker itself is the clock: after 4 s, two missed heartbeats and more, it moves the message on.
            let waiting = try connection.declareQueue(
                "",
                durable: false,
                exclusive: true,
                arguments: [
                    "x-message-ttl": 4000, "x-dead-letter-exchange": "", "x-dead-letter-routing-key": .text(target),
                ]
            ).name
            try connection.put([[1]], in: waiting)
            _ = try connection.consume(queue: target, prefetch: 1)
            let delivery = try connection.nextDelivery()
            #expect(delivery.properties.headers?["x-first-death-reason"]?.text == "expired")
            let death = delivery.properties.headers?["x-death"]?.elements?.first?.table
            #expect(death?["queue"]?.text == waiting)
            #expect(death?["count"]?.integer == 1)
            #expect(connection.isUsable)
            connection.close()
        }

        @Test("poll(2) on the descriptor tells when there is something to receive")
        func descriptor() throws {
            let connection = try Broker.connect()
            let queue = try connection.declareQueue("", durable: false, exclusive: true).name
            _ = try connection.consume(queue: queue, prefetch: 1)
            #expect(try connection.receive(waitingAtMost: .zero) == nil)
            #expect(!connection.hasBufferedInput)
            try connection.publish(OutgoingMessage(exchange: "", routingKey: queue, body: [1]))
            var descriptor = pollfd(fd: connection.fileDescriptor, events: Int16(POLLIN), revents: 0)
            #expect(poll(&descriptor, 1, 20_000) == 1)
            #expect(try connection.nextDelivery().body == .complete([1]))
            connection.close()
        }
    }
}
