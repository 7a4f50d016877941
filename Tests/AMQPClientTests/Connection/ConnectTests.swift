import AMQPClient
import Testing

extension LiveBroker {
    @Suite("connecting")
    struct ConnectTests {
        @Test("the broker says who it is, and both sides agree on limits")
        func properties() throws {
            let connection = try Broker.connect()
            #expect(connection.serverProperties.product == "RabbitMQ")
            #expect(connection.serverProperties.version?.isEmpty == false)
            #expect(connection.serverProperties.hasCapability("publisher_confirms"))
            #expect(!connection.serverProperties.hasCapability("nonsense"))
            #expect(connection.frameMax == 131_072)
            #expect(connection.heartbeat == .seconds(15))
            #expect(connection.isUsable && connection.fileDescriptor >= 0 && !connection.hasBufferedInput)
            #expect(connection.close())
            #expect(!connection.isUsable && connection.fileDescriptor == -1)
            #expect(!connection.close())
        }

        @Test("the broker sees the connection's name and the capabilities it logged in with")
        func capabilities() throws {
            let name = Broker.freshName("connection")
            let connection = try Broker.connect(ConnectionOptions(connectionName: name))
            let list = try Broker.control("list_connections", "--silent", "client_properties")
            let line = try #require(list.split(separator: "\n").first { $0.contains(name) })
            for capability in [
                "authentication_failure_close", "basic.nack", "connection.blocked", "consumer_cancel_notify",
                "publisher_confirms",
            ] {
                #expect(line.contains("{\"\(capability)\",true}"), "\(capability) in \(line)")
            }
            connection.close()
        }

        @Test("a wrong password is refused by the broker, and shown by nobody")
        func wrongPassword() throws {
            let endpoint = try Broker.endpoint(password: Password("sEcReT"))
            let error = try failure { _ = try Connection.open(endpoint, epoch: Epoch(1)) }
            #expect(error.code == .accessRefused)
            #expect(error.replyCode == 403)
            #expect(error.replyText?.contains("ACCESS_REFUSED") == true)
            #expect(error.scope == .connection)
            #expect(!"\(error)".contains("sEcReT"))
        }

        @Test("a virtual host that does not exist is refused")
        func wrongVirtualHost() throws {
            let endpoint = try Broker.endpoint(virtualHost: "no such host")
            let error = try failure { _ = try Connection.open(endpoint, epoch: Epoch(1)) }
            #expect(error.code == .virtualHostRefused)
            #expect(error.replyCode == 530)
        }

        @Test("the URL's heartbeat comes before the options'")
        func heartbeat() throws {
            let endpoint = try Broker.endpoint(heartbeat: .seconds(3))
            let connection = try Connection.open(endpoint, epoch: Epoch(1))
            #expect(connection.heartbeat == .seconds(3))
            connection.close()
        }

        @Test("every call on a closed connection says that it is closed")
        func closed() throws {
            let connection = try Broker.connect()
            connection.close()
            let calls: [() throws -> Void] = [
                { _ = try connection.receive(waitingAtMost: .zero) },
                { _ = try connection.publish(OutgoingMessage(exchange: "", routingKey: "", body: [])) },
                { _ = try connection.acknowledge(DeliveryTag(epoch: connection.epoch, number: 1)) },
                { _ = try connection.inspectQueue("q") },
                { try connection.enableConfirms() },
                { try connection.reopenChannel(epoch: Epoch(2)) },
            ]
            for call in calls {
                let error = try failure(of: call)
                #expect(error.code == .notConnected)
                #expect(error.scope == .connection)
            }
        }
    }
}

@Suite("connecting to something else than a broker", .timeLimit(.minutes(20)))
struct ConnectFailureTests {
    private let short = ConnectionOptions(connectTimeout: .milliseconds(300))

    @Test("nobody listens")
    func nobody() throws {
        let server = try ScriptedServer { _ in }
        let endpoint = try server.endpoint
        server.stop()
        let error = try failure { _ = try Connection.open(endpoint, epoch: Epoch(1)) }
        #expect(error.code == .cannotConnect)
        #expect(error.endpoint == "127.0.0.1:\(endpoint.port)")
    }

    @Test("a host without an address")
    func noHost() throws {
        let endpoint = try Endpoint(host: "no such host")
        let error = try failure { _ = try Connection.open(endpoint, epoch: Epoch(1)) }
        #expect(error.code == .hostNotFound)
    }

    @Test("a listener that never answers")
    func silence() throws {
        try withServer {
            try $0.readToEnd()
        } _: { server in
            let error = try failure { _ = try Connection.open(server.endpoint, options: short, epoch: Epoch(1)) }
            #expect(error.code == .timedOut)
        }
    }

    @Test("a listener that stops in the middle of the login")
    func halfway() throws {
        try withServer {
            try $0.read(8)
            try $0.write(WireBytes.start)
            try $0.readToEnd()
        } _: { server in
            let error = try failure { _ = try Connection.open(server.endpoint, options: short, epoch: Epoch(1)) }
            #expect(error.code == .timedOut)
            #expect(error.operation == "log in")
        }
    }

    @Test("a listener that logs in and then opens no channel")
    func noChannel() throws {
        try withServer {
            try $0.read(8)
            try $0.write(WireBytes.start + WireBytes.tune() + WireBytes.openOK)
            try $0.readToEnd()
        } _: { server in
            let error = try failure { _ = try Connection.open(server.endpoint, options: short, epoch: Epoch(1)) }
            #expect(error.code == .timedOut)
            #expect(error.operation == "open channel")
        }
    }

    @Test(
        "a peer that speaks something else",
        arguments: [
            Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8),
            Array("AMQP\0\u{1}\0\0".utf8),
            Array(repeating: 0xFF, count: 64),
            Array(repeating: 0x00, count: 64),
            WireBytes.method(0, 10, 30),
            WireBytes.method(
                0, 10, 10, [0, 8] + WireBytes.table() + WireBytes.longString("PLAIN") + WireBytes.longString("")),
            WireBytes.method(
                0, 10, 10, [0, 9] + WireBytes.table() + WireBytes.longString("PLAINER") + WireBytes.longString("")),
            WireBytes.method(0, 10, 10, [0, 9] + [0xFF, 0xFF, 0xFF, 0xFF]),
            WireBytes.openOK,
            WireBytes.start + WireBytes.tune(frameMax: 8),
            WireBytes.start + WireBytes.start,
        ] as [[UInt8]]
    )
    func garbage(_ bytes: [UInt8]) throws {
        try withServer {
            try $0.write(bytes)
            try $0.readToEnd()
        } _: { server in
            let error = try failure { _ = try Connection.open(server.endpoint, options: short, epoch: Epoch(1)) }
            #expect(error.code == .protocolViolation)
            #expect(error.scope == .connection)
        }
    }

    @Test("a server that hangs up in the middle of a frame")
    func cutFrame() throws {
        try withServer {
            try $0.write(Array(WireBytes.start.dropLast(5)))
        } _: { server in
            let error = try failure { _ = try Connection.open(server.endpoint, epoch: Epoch(1)) }
            #expect(error.code == .connectionLost)
        }
    }

    @Test(
        "options that break their limits are refused before anything is tried",
        arguments: [
            ConnectionOptions(connectTimeout: .zero), ConnectionOptions(rpcTimeout: .seconds(601)),
            ConnectionOptions(heartbeat: .milliseconds(1500)), ConnectionOptions(heartbeat: .zero),
            ConnectionOptions(frameMax: 4095), ConnectionOptions(maximumBodySize: -1),
            ConnectionOptions(writeTimeout: .zero),
            ConnectionOptions(connectionName: String(repeating: "n", count: 256)),
        ]
    )
    func limits(_ options: ConnectionOptions) throws {
        let error = try failure {
            _ = try Connection.open(Endpoint(host: "127.0.0.1", port: 1), options: options, epoch: Epoch(1))
        }
        #expect(error.code == .invalidConfiguration)
    }
}
