internal import CRabbitMQ

extension Connection {
    /// The most frames that one call reads after its limit without completing anything.
    private static let maximumPieces = 1024

    /// The next thing the broker says, or `nil` if it says nothing in that time.
    ///
    /// It also sends heartbeats that are due and notices when the broker's are missing, so call it at least every half
    /// of ``heartbeat``, and with `.zero` before a burst of ``publish(_:)``.
    ///
    /// - Parameter limit: how long to wait; zero or less looks at what is there, more than a day counts as a day.
    /// - Throws: when the broker closes the channel or the connection, when the connection is lost, or when the peer
    ///   breaks the protocol.
    public func receive(waitingAtMost limit: Duration) throws(AMQPError) -> Event? {
        if let event = waiting.removeFirst() { return event }
        let end = ContinuousClock.now + min(max(limit, .zero), .seconds(86_400))
        let deadline = min(end, awaited.first?.deadline ?? end)
        var pieces = 0
        while let frame = try link.readFrame(until: deadline, during: "receive") {
            switch try interpret(frame, during: "receive") {
            case .event(let event):
                return event
            case .reply(let reply):
                throw protocolViolation("method \(MethodName.of(reply.method)) came unasked", during: "receive")
            case nil:
                // A large message can come faster than it ends: after the limit, leave the rest for the next call.
                pieces += 1
                if pieces >= Self.maximumPieces && ContinuousClock.now >= deadline { return nil }
            }
        }
        try checkAwaited(by: end)
        return nil
    }

    /// Tells the broker that this side is alive (section 4.2.7), for whoever must not ``receive(waitingAtMost:)`` for a
    /// while: call it at least every half of ``heartbeat`` then. What the broker says meanwhile waits.
    public func sendHeartbeat() throws(AMQPError) {
        try link.sendHeartbeat(during: "send a heartbeat")
    }
}
