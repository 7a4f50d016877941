import AMQPClient

/// A connection of the drill's own to the broker, straight and not through a relay, opened again whenever it is lost.
///
/// Belongs to the drill's thread.
struct BrokerLink {
    private(set) var connection: Connection?
    private let endpoint: Endpoint
    private let name: String
    private var epoch = Epoch(0)
    private var retryAt = ContinuousClock.now

    private static let pause = Duration.milliseconds(300)

    init(to endpoint: Endpoint, name: String) {
        self.endpoint = endpoint
        self.name = name
    }

    /// Opens the connection if it is time for that, and lets `prepare` make it ready.
    ///
    /// - Returns: whether it was opened now.
    mutating func openIfDue(_ prepare: (Connection) throws(AMQPError) -> Void) -> Bool {
        guard connection == nil, ContinuousClock.now >= retryAt else { return false }
        epoch = epoch.next
        do throws(AMQPError) {
            let opened = try Connection.open(
                endpoint, options: ConnectionOptions(connectionName: "refund-worker drill \(name)"), epoch: epoch)
            try prepare(opened)
            connection = opened
            return true
        } catch {
            retryAt = .now + BrokerLink.pause
            return false
        }
    }

    /// Gives it up after an error.
    mutating func lose() {
        connection?.close(waitingAtMost: .milliseconds(200))
        connection = nil
        retryAt = .now + BrokerLink.pause
    }
}
