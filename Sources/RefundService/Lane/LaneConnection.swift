internal import AMQPClient
internal import RefundPolicy
internal import RefundWorker

/// One of a lane's three connections: it is opened, lost, and opened again after a growing pause, at the next node of the
/// list.
///
/// Belongs to the lane's thread.
struct LaneConnection {
    enum State {
        case closed(retryAt: Duration)
        case open(Connection)
    }

    /// What it is for, as logs and metrics name it.
    enum Role: String, Hashable, CaseIterable {
        case requests, replies, publisher

        /// What reads that queue.
        init(_ source: SourceQueue) {
            switch source {
            case .requests: self = .requests
            case .replies: self = .replies
            }
        }
    }

    let role: Role
    private(set) var state: State = .closed(retryAt: .zero)
    private var nodes: BrokerNodes
    private var backoff = ReconnectBackoff()

    init(role: Role, nodes: BrokerNodes) {
        self.role = role
        self.nodes = nodes
    }

    var connection: Connection? {
        if case .open(let connection) = state { connection } else { nil }
    }

    /// When to try again; `nil` while open.
    var retryAt: Duration? {
        if case .closed(let retryAt) = state { retryAt } else { nil }
    }

    /// Opens the connection and lets `prepare` make it ready; on failure the next try is put off.
    ///
    /// - Parameter epoch: higher than any that the lane has given to a connection before.
    /// - Throws: `AMQPError`, with the connection closed.
    mutating func open(
        epoch: Epoch, options: ConnectionOptions, uptime: () -> Duration,
        prepare: (Connection) throws(AMQPError) -> Void
    ) throws(AMQPError) {
        do throws(AMQPError) {
            let connection = try Connection.open(nodes.next(), options: options, epoch: epoch)
            do throws(AMQPError) {
                try prepare(connection)
            } catch {
                connection.close()
                throw error
            }
            state = .open(connection)
        } catch {
            turn(after: error)
            putOff(uptime: uptime())
            throw error
        }
    }

    /// The connection has done its work for a while: the next loss starts with a short pause again.
    mutating func settle() {
        backoff.reset()
    }

    /// Gives the connection up.
    ///
    /// - Parameter error: why it never did what it is for: another node is tried next.
    /// - Returns: its epoch; `nil` when it was not open.
    mutating func lose(notReady error: AMQPError? = nil, uptime: Duration) -> UInt64? {
        guard case .open(let connection) = state else { return nil }
        connection.close(waitingAtMost: .milliseconds(500))
        if let error { turn(after: error) }
        putOff(uptime: uptime)
        return connection.epoch.number
    }

    /// Closes the connection for good.
    mutating func close() {
        connection?.close()
        state = .closed(retryAt: .seconds(Int64.max / 2))
    }

    private mutating func turn(after error: AMQPError) {
        if nodes.advance(after: error) { backoff.reset() }
    }

    private mutating func putOff(uptime: Duration) {
        var generator = SystemRandomNumberGenerator()
        state = .closed(retryAt: uptime + backoff.nextPause(using: &generator))
    }
}
