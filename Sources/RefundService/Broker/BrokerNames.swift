/// The names of the broker's objects that the worker uses, with the configured prefix before each (contract § 2).
public struct BrokerNames: Hashable, Sendable {
    public let prefix: String

    public init(prefix: String = "") {
        self.prefix = prefix
    }

    public var intake: String { prefix + "refund.intake" }
    public var outbound: String { prefix + "refund.outbound" }
    public var dead: String { prefix + "refund.dead" }
    public var unrouted: String { prefix + "refund.unrouted" }
    public var requests: String { prefix + "refund.requests" }
    public var replies: String { prefix + "refund.replies" }
}
