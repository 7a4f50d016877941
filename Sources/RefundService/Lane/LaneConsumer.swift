import AMQPClient
import RefundPolicy
import RefundWorker

/// One of a lane's two consumers: a queue, the connection that it is read by, and what came by that and is not acknowledged
/// yet.
///
/// Each queue has a connection of its own (and the library allows a connection one channel): an acknowledgement of many
/// covers all that came before it by the same channel, so that replies behind a backlog of requests would each need their
/// own, which costs the broker more than all else about a reply. Belongs to the lane's thread.
struct LaneConsumer {
    let source: SourceQueue
    var link: LaneConnection
    private(set) var held = HeldDeliveries()
    private var probation = Probation()
    private var tag: ConsumerTag?
    /// Whether the broker has said that the first consumer of this connection is there.
    private(set) var isStarted = false
    private var heartbeatAt: Duration = .zero

    init(of source: SourceQueue, nodes: BrokerNodes) {
        self.source = source
        link = LaneConnection(role: LaneConnection.Role(source), nodes: nodes)
    }

    /// Whether that delivery came by the connection that is open.
    func holds(_ tag: RefundWorker.DeliveryTag) -> Bool {
        link.connection?.epoch.number == tag.epoch
    }

    /// Connects and asks for a consumer; on failure the next try is put off. Nothing that was held is any more. The lane's
    /// thread does not wait for the consumer: a queue without a leader would keep it from all other connections.
    mutating func open(
        epoch: Epoch, options: ConnectionOptions, queue: String, prefetch: UInt16, uptime: () -> Duration
    ) throws(AMQPError) {
        let size = window(prefetch)
        var consumerTag: ConsumerTag?
        try link.open(epoch: epoch, options: options, uptime: uptime) { connection throws(AMQPError) in
            consumerTag = try connection.startConsuming(queue: queue, prefetch: size)
        }
        tag = consumerTag
        isStarted = false
        held = HeldDeliveries()
    }

    /// The broker says that a consumer is there.
    ///
    /// - Returns: the connection's epoch where it is the connection's first.
    mutating func started() -> UInt64? {
        defer { isStarted = true }
        return isStarted ? nil : link.connection?.epoch.number
    }

    /// Takes a delivery in.
    mutating func hold(_ delivery: Delivery) {
        held.append(delivery)
    }

    /// Opens the window after a delivery that shows that it may be. A prefetch holds for a consumer's whole life, so
    /// another takes its place; what was on its way to the old one still comes.
    mutating func heed(
        isRedelivered: Bool, on connection: Connection, queue: String, prefetch: UInt16
    ) throws(AMQPError) {
        guard let old = tag, probation.delivered(isRedelivered: isRedelivered) else { return }
        try connection.stopConsuming(old)
        tag = try connection.startConsuming(queue: queue, prefetch: window(prefetch))
    }

    /// For as long as nothing may be read, and so the library sends no heartbeat: sends one when it is due.
    mutating func keepAlive(uptime: Duration) throws(AMQPError) {
        guard let connection = link.connection, uptime - heartbeatAt >= connection.heartbeat / 3 else { return }
        heartbeatAt = uptime
        try connection.sendHeartbeat()
    }

    mutating func acknowledge(_ tag: RefundWorker.DeliveryTag, multiple: Bool) throws(AMQPError) {
        guard let connection = link.connection,
            try connection.acknowledge(AMQPClient.DeliveryTag(tag), multiple: multiple)
        else { return }
        held.release(tag.number, multiple: multiple)
    }

    mutating func reject(_ tag: RefundWorker.DeliveryTag) throws(AMQPError) {
        guard let connection = link.connection else { return }
        try connection.reject(AMQPClient.DeliveryTag(tag), requeue: false)
        held.release(tag.number, multiple: false)
    }

    /// Takes nothing more.
    func cancel() throws(AMQPError) {
        if let connection = link.connection, let tag { try connection.stopConsuming(tag) }
    }

    /// Gives the connection up, and after an error before its consumer was there, this node as well.
    ///
    /// - Returns: its epoch; `nil` when it was not open.
    mutating func lose(after error: AMQPError? = nil, uptime: Duration) -> UInt64? {
        guard let epoch = link.lose(notReady: isStarted ? nil : error, uptime: uptime) else { return nil }
        held = HeldDeliveries()
        return epoch
    }

    private func window(_ prefetch: UInt16) -> UInt16 {
        UInt16(clamping: probation.window(Int(prefetch)))
    }
}
