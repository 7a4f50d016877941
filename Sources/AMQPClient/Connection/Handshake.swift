internal import CRabbitMQ

/// Logs in over a fresh link: `connection.start`, `tune` and `open` (AMQP 0-9-1, section 2.2.4).
///
/// The library has a login of its own. This one is used instead because every step keeps to one deadline, the client's
/// capabilities and the limits on the broker's are ours, and a frame size that would overflow the library's buffer is
/// refused before it is set.
struct Handshake {
    /// What both sides agreed on.
    struct Agreement {
        let server: ServerProperties
        let frameMax: UInt32
        let heartbeat: Duration
    }

    let link: Link
    let options: ConnectionOptions
    let deadline: ContinuousClock.Instant
    private let arena = WireArena()
    private static let operation = "log in"

    init(link: Link, options: ConnectionOptions, deadline: ContinuousClock.Instant) {
        self.link = link
        self.options = options
        self.deadline = deadline
    }

    /// Logs in, or ends the link.
    func perform() throws(AMQPError) -> Agreement {
        let sent = LibraryStatus(number: amqp_send_header(try link.library(during: Self.operation)))
        guard sent.isSuccess else { throw link.fail(sent, during: Self.operation) }
        let server = try start()
        let (frameMax, heartbeat) = try tune()
        try openVirtualHost()
        return Agreement(server: server, frameMax: frameMax, heartbeat: .seconds(Int64(heartbeat)))
    }

    private func start() throws(AMQPError) -> ServerProperties {
        let start = try awaitMethod(AMQP_CONNECTION_START_METHOD, as: amqp_connection_start_t.self)
        guard start.version_major == 0, start.version_minor == 9 else {
            throw violation("the broker speaks AMQP \(start.version_major)-\(start.version_minor), not 0-9-1")
        }
        guard start.mechanisms.text.string.split(separator: " ").contains("PLAIN") else {
            throw violation("the broker does not offer the login mechanism PLAIN")
        }
        var decoding = FieldTableDecoding()
        let server = ServerProperties(decoding.table(start.server_properties))
        let endpoint = link.endpoint
        let answer = amqp_connection_start_ok_t(
            client_properties: try FieldTableEncoding.table(clientProperties, in: arena),
            mechanism: try arena.bytes("PLAIN"),
            // RFC 4616: authorisation identity (none), user and password, with NUL between them.
            response: try arena.bytes("\0\(endpoint.user)\0\(endpoint.password.text)"),
            locale: try arena.bytes("en_US")
        )
        try link.send(AMQP_CONNECTION_START_OK_METHOD, answer, channel: 0, during: Self.operation)
        return server
    }

    private func tune() throws(AMQPError) -> (frameMax: UInt32, heartbeat: UInt16) {
        let tune = try awaitMethod(AMQP_CONNECTION_TUNE_METHOD, as: amqp_connection_tune_t.self)
        let frameMax = Self.lower(tune.frame_max, options.frameMax)
        let heartbeat = Self.lower(tune.heartbeat, UInt16(options.heartbeat.components.seconds))
        guard frameMax >= UInt32(AMQP_FRAME_MIN_SIZE) else {
            throw violation("the broker wants frames of at most \(frameMax) bytes, and 4096 is the least there is")
        }
        let status = LibraryStatus(
            number: amqp_tune_connection(
                try link.library(during: Self.operation),
                1,
                Int32(frameMax),
                Int32(heartbeat)
            )
        )
        guard status.isSuccess else { throw link.fail(status, during: Self.operation) }
        let answer = amqp_connection_tune_ok_t(channel_max: 1, frame_max: frameMax, heartbeat: heartbeat)
        try link.send(AMQP_CONNECTION_TUNE_OK_METHOD, answer, channel: 0, during: Self.operation)
        return (frameMax, heartbeat)
    }

    private func openVirtualHost() throws(AMQPError) {
        let open = amqp_connection_open_t(
            virtual_host: try arena.bytes(link.endpoint.virtualHost),
            capabilities: .none,
            insist: 0
        )
        try link.send(AMQP_CONNECTION_OPEN_METHOD, open, channel: 0, during: Self.operation)
        _ = try awaitMethod(AMQP_CONNECTION_OPEN_OK_METHOD, as: amqp_connection_open_ok_t.self)
    }

    /// Waits for one method on channel 0 and gives a copy of it, whose pointers are valid until the next wait.
    private func awaitMethod<Method: BitwiseCopyable>(
        _ expected: amqp_method_number_t,
        as type: Method.Type
    ) throws(AMQPError) -> Method {
        while true {
            guard let frame = try link.readFrame(until: deadline, during: Self.operation) else {
                throw link.fail(
                    AMQPError(
                        .timedOut,
                        during: Self.operation,
                        detail: "the broker did not answer in time",
                        scope: .connection,
                        endpoint: link.endpoint.address
                    )
                )
            }
            if Int32(frame.frame_type) == AMQP_FRAME_HEARTBEAT { continue }
            guard Int32(frame.frame_type) == AMQP_FRAME_METHOD, frame.channel == 0,
                let decoded = frame.payload.method.decoded
            else { throw violation("the peer sent something else than a step of the login") }
            let method = frame.payload.method.id
            if method == expected { return decoded.assumingMemoryBound(to: type).pointee }
            if method == AMQP_CONNECTION_CLOSE_METHOD {
                throw link.closedByBroker(
                    decoded.assumingMemoryBound(to: amqp_connection_close_t.self).pointee,
                    during: Self.operation
                )
            }
            throw violation("the broker sent method \(MethodName.of(method)) out of turn")
        }
    }

    private func violation(_ detail: String) -> AMQPError {
        link.fail(
            AMQPError(
                .protocolViolation,
                during: Self.operation,
                detail: detail,
                scope: .connection,
                endpoint: link.endpoint.address
            )
        )
    }

    /// Without these the broker says nothing of cancelled consumers and of its alarms.
    private var clientProperties: FieldTable {
        [
            "connection_name": .text(options.connectionName),
            "product": "AMQPClient",
            "platform": .text("Swift, librabbitmq \(AMQP_VERSION_MAJOR).\(AMQP_VERSION_MINOR)"),
            "capabilities": .table([
                "authentication_failure_close": true,
                "basic.nack": true,
                "connection.blocked": true,
                "consumer_cancel_notify": true,
                "exchange_exchange_bindings": true,
                "publisher_confirms": true,
            ]),
        ]
    }

    /// The lower of two limits, where the broker's zero means that it has none.
    private static func lower<Number: UnsignedInteger>(_ broker: Number, _ own: Number) -> Number {
        broker == 0 ? own : min(broker, own)
    }
}
