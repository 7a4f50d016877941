/// How to connect, and the limits to keep to.
public struct ConnectionOptions: Sendable, Hashable {
    /// What the broker shows as the connection's name; up to 255 bytes.
    public var connectionName: String
    /// How long TCP, TLS and login may take together; 1 ms to 10 min. Looking up a host name is not covered, since
    /// `getaddrinfo` cannot be interrupted: `resolv.conf` bounds it (10 s a server by default). Literal addresses and
    /// `localhost` are looked up without asking anyone.
    public var connectTimeout: Duration
    /// How long the broker may take to answer a call; 1 ms to 10 min. The connection ends when it takes longer.
    public var rpcTimeout: Duration
    /// How long the broker may take to start a consumer that nobody stands and waits for; 1 ms to 10 min. The connection
    /// ends when it takes longer.
    public var consumeTimeout: Duration
    /// How long bytes that were handed to the kernel may wait for the broker to take them; 1 s to 10 min. The
    /// connection ends when it takes longer.
    public var writeTimeout: Duration
    /// The longest silence each side allows itself, 1 to 600 whole seconds; after twice that the connection ends. The
    /// broker may ask for less.
    public var heartbeat: Duration
    /// The largest frame, 4096...2097152 bytes. The broker may ask for less.
    public var frameMax: UInt32
    /// The largest body that is kept, in bytes; of a larger one only the size is.
    public var maximumBodySize: Int
    /// The largest header that is read, in bytes on the wire; of a larger one the headers are dropped and
    /// ``Properties/damage`` says so.
    public var maximumHeaderSize: Int
    /// How `amqps` connections verify each other.
    public var tls: TLSOptions

    /// Connection options with their usual values.
    public init(
        connectionName: String = "AMQPClient",
        connectTimeout: Duration = .seconds(10),
        rpcTimeout: Duration = .seconds(30),
        consumeTimeout: Duration = .seconds(30),
        writeTimeout: Duration = .seconds(30),
        heartbeat: Duration = .seconds(15),
        frameMax: UInt32 = 131_072,
        maximumBodySize: Int = 1 << 20,
        maximumHeaderSize: Int = 65_536,
        tls: TLSOptions = TLSOptions()
    ) {
        self.connectionName = connectionName
        self.connectTimeout = connectTimeout
        self.rpcTimeout = rpcTimeout
        self.consumeTimeout = consumeTimeout
        self.writeTimeout = writeTimeout
        self.heartbeat = heartbeat
        self.frameMax = frameMax
        self.maximumBodySize = maximumBodySize
        self.maximumHeaderSize = maximumHeaderSize
        self.tls = tls
    }

    /// These options with what the endpoint's URL says put over them.
    func adapted(to parameters: Endpoint.Parameters) throws(AMQPError) -> ConnectionOptions {
        var options = self
        if let heartbeat = parameters.heartbeat { options.heartbeat = heartbeat }
        if let timeout = parameters.connectTimeout { options.connectTimeout = timeout }
        if let file = parameters.certificateAuthorityFile { options.tls.certificateAuthorityFile = file }
        if let verifies = parameters.verifiesPeer {
            options.tls.verifiesPeer = verifies
            options.tls.verifiesHostName = verifies
        }
        switch (parameters.certificateFile, parameters.keyFile) {
        case (let chain?, let key?): options.tls.clientCertificate = .init(chainFile: chain, keyFile: key)
        case (nil, nil): break
        default: throw Self.refusal("certfile and keyfile must be given together")
        }
        try options.validate()
        return options
    }

    private func validate() throws(AMQPError) {
        let times = Duration.milliseconds(1)...Duration.seconds(600)
        guard connectionName.utf8.count <= 255 else { throw Self.refusal("the connection name is over 255 bytes") }
        guard times.contains(connectTimeout) else { throw Self.refusal("the connect timeout is not in 1 ms to 10 min") }
        guard times.contains(rpcTimeout) else { throw Self.refusal("the RPC timeout is not in 1 ms to 10 min") }
        guard times.contains(consumeTimeout) else { throw Self.refusal("the consume timeout is not in 1 ms to 10 min") }
        guard (.seconds(1)...(.seconds(600))).contains(writeTimeout) else {
            throw Self.refusal("the write timeout is not in 1 s to 10 min")
        }
        guard (.seconds(1)...(.seconds(600))).contains(heartbeat), heartbeat.components.attoseconds == 0 else {
            throw Self.refusal("the heartbeat is not a whole number of seconds from 1 to 600")
        }
        guard (4096...2_097_152).contains(frameMax) else {
            throw Self.refusal("the largest frame is not in 4096...2097152 bytes")
        }
        guard (0...(1 << 30)).contains(maximumBodySize), (0...(1 << 24)).contains(maximumHeaderSize) else {
            throw Self.refusal("the largest body is not in 0...1 GiB, or the largest headers not in 0...16 MiB")
        }
    }

    private static func refusal(_ detail: String) -> AMQPError {
        AMQPError(.invalidConfiguration, during: "read connection options", detail: detail, scope: .none)
    }
}
