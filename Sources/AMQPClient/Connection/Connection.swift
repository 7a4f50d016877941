internal import CRabbitMQ

/// One connection to a broker, with one channel.
///
/// It belongs to the thread that opened it: every call, and its end, must come from there. The thread wants a stack of
/// 16 MiB, because the library reads nested tables by recursion. No call waits longer than the time-outs in
/// ``ConnectionOptions``.
///
/// Heartbeats are sent and missed ones noticed only inside calls: call ``receive(waitingAtMost:)`` at least every half
/// of ``heartbeat``, with `.zero` when there is no time to wait.
///
/// An error whose scope is ``AMQPError/Scope/connection`` has ended the connection: its socket is closed, and every
/// further call throws ``AMQPError/Code/notConnected``.
public final class Connection {
    /// Where it is connected to.
    public let endpoint: Endpoint
    /// What the broker said about itself.
    public let serverProperties: ServerProperties
    /// The largest frame both sides agreed on, in bytes.
    public let frameMax: UInt32
    /// The heartbeat interval both sides agreed on.
    public let heartbeat: Duration
    /// The life that the channel is in; delivery tags of earlier ones are ignored.
    public internal(set) var epoch: Epoch
    /// Whether the channel is open. The broker closes it after many kinds of error.
    public internal(set) var isChannelOpen = false

    let options: ConnectionOptions
    let link: Link
    let arena = WireArena()
    lazy var burstBuffer = FrameBuffer(frameMax: Int(frameMax))
    var assembler: MessageAssembler
    var waiting = EventQueue()
    /// Oldest first; a few at most, since a consumer that has not started is not started again.
    var awaited: [AwaitedAnswer] = []
    var texts = EnvelopeTexts()
    var consumersStarted: UInt64 = 0
    var confirmsAreOn = false
    var lastSequence: UInt64 = 0

    /// The channel's number: the library forgets frames of other channels, so there is only one.
    static let channel: amqp_channel_t = 1

    /// Connects, logs in and opens the channel.
    ///
    /// - Parameters:
    ///   - endpoint: where to; what its URL's query says comes before `options`.
    ///   - options: how.
    ///   - epoch: the channel's life, higher than that of any connection whose deliveries may still be around.
    /// - Throws: ``AMQPError``, within ``ConnectionOptions/connectTimeout`` once the host name has been looked up.
    public static func open(
        _ endpoint: Endpoint,
        options: ConnectionOptions = ConnectionOptions(),
        epoch: Epoch
    ) throws(AMQPError) -> Connection {
        let options = try options.adapted(to: endpoint.parameters)
        let deadline = ContinuousClock.now + options.connectTimeout
        let link = try SocketOpening.open(endpoint, options)
        let agreement = try Handshake(link: link, options: options, deadline: deadline).perform()
        let connection = Connection(link: link, options: options, agreement: agreement, epoch: epoch)
        try connection.openChannel(until: deadline)
        return connection
    }

    private init(link: Link, options: ConnectionOptions, agreement: Handshake.Agreement, epoch: Epoch) {
        self.endpoint = link.endpoint
        self.link = link
        self.options = options
        self.serverProperties = agreement.server
        self.frameMax = agreement.frameMax
        self.heartbeat = agreement.heartbeat
        self.epoch = epoch
        self.assembler = MessageAssembler(
            maximumBodySize: options.maximumBodySize,
            maximumHeaderSize: options.maximumHeaderSize
        )
    }

    /// When the first certificate ends of those by which the broker and this client have shown each other who they are,
    /// in seconds since 1970 in UTC: what signed the broker's is among them. `nil` without TLS.
    public var certificatesEnd: Int64? { link.certificatesEnd == 0 ? nil : link.certificatesEnd }

    /// Whether the connection and its channel can still be used, as far as is known.
    public var isUsable: Bool { link.fileDescriptor >= 0 && isChannelOpen }

    /// The socket to wait on with poll(2) for reading, or -1 once the connection has ended. Read only through
    /// ``receive(waitingAtMost:)``, and look at ``hasBufferedInput`` before waiting.
    public var fileDescriptor: Int32 { link.fileDescriptor }

    /// Whether ``receive(waitingAtMost:)`` has something to look at that poll(2) on the socket knows nothing of.
    public var hasBufferedInput: Bool { !waiting.isEmpty || link.hasBufferedInput }

    /// Opens the channel again after the broker has closed it.
    ///
    /// Consumers, and unconfirmed messages, are gone: consume and turn confirms on again, and treat what was not
    /// confirmed as not sent. Events of the old channel that were still waiting are dropped.
    ///
    /// - Parameter epoch: the new life, higher than ``epoch``.
    /// - Throws: ``AMQPError/Code/invalidArgument`` if the channel is open or the epoch is not higher.
    public func reopenChannel(epoch: Epoch) throws(AMQPError) {
        guard !isChannelOpen, epoch > self.epoch else {
            throw refusal("reopen channel", "the channel is open, or the epoch is not higher than \(self.epoch)")
        }
        waiting.keepOnlyAlarms()
        awaited.removeAll()
        self.epoch = epoch
        confirmsAreOn = false
        lastSequence = 0
        try openChannel(until: ContinuousClock.now + options.rpcTimeout)
    }

    private func openChannel(until deadline: ContinuousClock.Instant) throws(AMQPError) {
        isChannelOpen = true
        _ = try call(
            AMQP_CHANNEL_OPEN_METHOD,
            amqp_channel_open_t(out_of_band: .none),
            expecting: AMQP_CHANNEL_OPEN_OK_METHOD,
            until: deadline,
            during: "open channel"
        )
    }

    /// Says goodbye to the broker and ends the connection, whatever the broker answers.
    ///
    /// What was delivered and not acknowledged goes back to its queue.
    ///
    /// - Parameter limit: how long to wait for the broker's answer.
    /// - Returns: whether the broker answered in time. If not, the socket was closed without a word.
    @discardableResult
    public func close(waitingAtMost limit: Duration = .seconds(5)) -> Bool {
        isChannelOpen = false
        defer { link.end() }
        do {
            let close = amqp_connection_close_t(
                reply_code: UInt16(AMQP_REPLY_SUCCESS),
                reply_text: .none,
                class_id: 0,
                method_id: 0
            )
            let operation = "close connection"
            try link.send(AMQP_CONNECTION_CLOSE_METHOD, close, channel: 0, during: operation)
            let deadline = ContinuousClock.now + limit
            while let frame = try link.readFrame(until: deadline, during: operation) {
                let isMethod = Int32(frame.frame_type) == AMQP_FRAME_METHOD && frame.channel == 0
                if isMethod && frame.payload.method.id == AMQP_CONNECTION_CLOSE_OK_METHOD { return true }
                if isMethod && frame.payload.method.id == AMQP_CONNECTION_CLOSE_METHOD {
                    // Both closed at once; each still answers the other (section 1.4.2.7).
                    try link.send(
                        AMQP_CONNECTION_CLOSE_OK_METHOD,
                        amqp_connection_close_ok_t(),
                        channel: 0,
                        during: operation
                    )
                }
                // The deadline counts for a peer that keeps talking, too.
                if ContinuousClock.now >= deadline { return false }
            }
            return false
        } catch {
            return false
        }
    }

    /// The error for an argument that breaks a limit.
    func refusal(_ operation: String, _ detail: String) -> AMQPError {
        AMQPError(.invalidArgument, during: operation, detail: detail, scope: .none, endpoint: endpoint.address)
    }
}

@available(*, unavailable)
extension Connection: Sendable {}
