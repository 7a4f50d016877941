internal import AMQPClient

/// The broker's nodes for one connection: which is next, and how one logs in there by now.
struct BrokerNodes: Sendable {
    private var rotation: EndpointRotation
    private let access: CurrentAccess

    /// - Parameter start: where to begin, counted round the list.
    /// - Returns: `nil` when there is none.
    init?(_ access: CurrentAccess, startingAt start: UInt) {
        guard let rotation = EndpointRotation(access.nodes, startingAt: start) else { return nil }
        self.rotation = rotation
        self.access = access
    }

    /// The node to try now.
    mutating func next() -> Endpoint {
        rotation.renew(access.nodes)
        return rotation.current
    }

    /// Goes on to the next node after a failure.
    ///
    /// - Returns: whether it was for credentials, and there are others by now: the next try is a first one.
    mutating func advance(after error: AMQPError) -> Bool {
        rotation.advance()
        return error.isRefusedLogin && access.readAgain(because: .refusedByBroker).broker
    }
}
