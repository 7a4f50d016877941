import AMQPClient
import Dispatch
import Testing

@Suite("a broker that falls silent", .timeLimit(.minutes(20)))
struct TimeoutTests {
    @Test("is noticed by its missing heartbeats")
    func heartbeatMissed() throws {
        try withServer {
            try $0.logIn(heartbeat: 1)
            try $0.readToEnd()
        } _: { server in
            let connection = try Connection.open(server.endpoint, epoch: Epoch(1))
            #expect(connection.heartbeat == .seconds(1))
            let error = try failure { _ = try connection.next() }
            #expect(error.code == .heartbeatMissed)
            #expect(error.scope == .connection)
        }
    }

    @Test("hears the client's heartbeats while the client only waits")
    func heartbeatsSent() throws {
        try withServer { peer in
            try peer.logIn(heartbeat: 1)
            var heard = 0
            while heard < 3 {
                if try peer.readFrame().type == 8 { heard += 1 }
                try peer.write(WireBytes.heartbeat)
            }
            try peer.write(WireBytes.blocked("heard 3"))
            try peer.readToEnd()
        } _: { server in
            let connection = try Connection.open(server.endpoint, epoch: Epoch(1))
            #expect(try connection.next() == .blocked(reason: "heard 3"))
        }
    }

    @Test("hears the heartbeats of a client that must read nothing")
    func heartbeatsWithoutReading() throws {
        let heard = DispatchSemaphore(value: 0)
        try withServer { peer in
            try peer.logIn()
            try peer.write(WireBytes.blocked("unread"))
            for _ in 0..<2 where try peer.readFrame().type == 8 { heard.signal() }
            try peer.readToEnd()
        } _: { server in
            let connection = try Connection.open(server.endpoint, epoch: Epoch(1))
            for _ in 0..<2 {
                try connection.sendHeartbeat()
                #expect(heard.wait(timeout: .now() + 20) == .success)
            }
            #expect(try connection.next() == .blocked(reason: "unread"), "what came meanwhile waits")
        }
    }

    @Test("and does not answer a call: the call ends, and the connection with it")
    func callTimesOut() throws {
        try withServer {
            try $0.logIn()
            try $0.readToEnd()
        } _: { server in
            let options = ConnectionOptions(rpcTimeout: .milliseconds(200))
            let connection = try Connection.open(server.endpoint, options: options, epoch: Epoch(1))
            let error = try failure { _ = try connection.inspectQueue("q") }
            #expect(error.code == .timedOut)
            #expect(error.operation == "inspect queue q")
            #expect(error.scope == .connection)
            #expect(try failure { _ = try connection.inspectQueue("q") }.code == .notConnected)
        }
    }

    @Test("and does not start a consumer: nobody stands and waits for it, and the connection ends in the end")
    func consumerNeverStarts() throws {
        try withServer { peer in
            try peer.logIn()
            try peer.write(WireBytes.blocked("meanwhile"))
            try peer.readToEnd()
        } _: { server in
            let options = ConnectionOptions(consumeTimeout: .milliseconds(200))
            let connection = try Connection.open(server.endpoint, options: options, epoch: Epoch(1))
            _ = try connection.startConsuming(queue: "q", prefetch: 1)
            #expect(try connection.next() == .blocked(reason: "meanwhile"))
            let error = try failure { _ = try connection.next() }
            #expect(error.code == .timedOut && error.operation == "consume q" && error.scope == .connection)
        }
    }

    @Test("and then answers what was not asked: that is no consumer's start")
    func wrongAnswer() throws {
        try withServer { peer in
            try peer.logIn()
            // queue.purge-ok
            try peer.write(WireBytes.method(1, 50, 31, WireBytes.number(0 as UInt32)))
            try peer.readToEnd()
        } _: { server in
            let connection = try Connection.open(server.endpoint, epoch: Epoch(1))
            _ = try connection.startConsuming(queue: "q", prefetch: 1)
            #expect(try failure { _ = try connection.next() }.code == .protocolViolation)
        }
    }

    @Test("and answers a call with chatter only: the call ends all the same")
    func chatter() throws {
        try withServer {
            try $0.logIn()
            while true { try $0.write(WireBytes.blocked("x") + WireBytes.method(0, 10, 61)) }
        } _: { server in
            let options = ConnectionOptions(rpcTimeout: .milliseconds(50))
            let connection = try Connection.open(server.endpoint, options: options, epoch: Epoch(1))
            let error = try failure { _ = try connection.inspectQueue("q") }
            #expect(error.code == .timedOut || error.code == .protocolViolation)
            #expect(error.scope == .connection)
        }
    }

    @Test("and does not answer the goodbye: the connection is closed all the same")
    func closeTimesOut() throws {
        try withServer {
            try $0.logIn()
            try $0.readToEnd()
        } _: { server in
            let connection = try Connection.open(server.endpoint, epoch: Epoch(1))
            #expect(!connection.close(waitingAtMost: .milliseconds(200)))
            #expect(connection.fileDescriptor == -1)
        }
    }

    @Test("and no longer reads: a publish ends with the write timeout, not never")
    func writeTimesOut() throws {
        try withServer { peer in
            try peer.logIn(heartbeat: 600)
            // Read nothing more: the client's kernel fills up. The client hangs up in the end.
            peer.waitUntilGone()
        } _: { server in
            let options = ConnectionOptions(writeTimeout: .seconds(1), heartbeat: .seconds(600))
            let connection = try Connection.open(server.endpoint, options: options, epoch: Epoch(1))
            let message = OutgoingMessage(exchange: "", routingKey: "q", body: Array(repeating: 0, count: 1 << 20))
            let error = try failure {
                for _ in 0..<10_000 { _ = try connection.publish(message) }
            }
            #expect(error.scope == .connection)
            #expect(error.code == .connectionLost)
            #expect(!connection.isUsable)
        }
    }
}
