/// Which endpoint to try next: each in turn, starting at any of them.
///
/// After a success the same endpoint is tried first again; after a failure the next one is.
public struct EndpointRotation: Sendable {
    /// The endpoints, in the order in which they were given; never empty.
    public private(set) var endpoints: [Endpoint]
    private var position: Int

    /// A rotation over endpoints, or `nil` if there are none.
    ///
    /// - Parameters:
    ///   - endpoints: at least one.
    ///   - start: where to begin, counted round the list; give each process another start to spread their load.
    public init?(_ endpoints: [Endpoint], startingAt start: UInt = 0) {
        guard !endpoints.isEmpty else { return nil }
        self.endpoints = endpoints
        self.position = Int(start % UInt(endpoints.count))
    }

    /// The endpoint to try now.
    public var current: Endpoint { endpoints[position] }

    /// Takes the same endpoints with other credentials; a list of another length is none of these.
    public mutating func renew(_ endpoints: [Endpoint]) {
        guard endpoints.count == self.endpoints.count else { return }
        self.endpoints = endpoints
    }

    /// Moves on to the next endpoint, after an attempt that failed or a connection that was lost.
    public mutating func advance() {
        position = (position + 1) % endpoints.count
    }
}
