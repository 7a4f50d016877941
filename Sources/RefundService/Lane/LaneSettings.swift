public import AMQPClient
public import RefundMessages
public import RefundWorker

/// What a lane's threads need to know.
public struct LaneSettings: Sendable {
    public var name: String
    public var connection: ConnectionOptions
    public var names: BrokerNames
    /// One of several shards (`BrokerSettings.isSharded`).
    public var isSharded: Bool
    /// `BrokerSettings.consoleUser`
    public var consoleUser: String
    public var limits: LaneLimits
    public var inbound: InboundLimits
    /// Requests that the broker may deliver ahead of their acknowledgement; RabbitMQ allows quorum queues 2,000.
    public var requestPrefetch: UInt16
    /// Replies that the broker may deliver ahead of their acknowledgement.
    public var replyPrefetch: UInt16
    /// How long what was begun may take to be finished after a stop.
    public var drain: Duration
    /// How long deliveries are held while nothing can be finished: well below RabbitMQ's `consumer_timeout` (30 minutes),
    /// which takes them back by force, time and again, until their queue's delivery limit makes them dead letters.
    public var giveBack: Duration

    public init(
        name: String, connection: ConnectionOptions, names: BrokerNames, isSharded: Bool = false,
        consoleUser: String = BrokerSettings.standardConsoleUser, limits: LaneLimits = LaneLimits(),
        inbound: InboundLimits = InboundLimits(), drain: Duration = .seconds(25),
        giveBack: Duration = .seconds(600)
    ) {
        self.name = name
        self.connection = connection
        self.names = names
        self.isSharded = isSharded
        self.consoleUser = consoleUser
        self.limits = limits
        self.inbound = inbound
        // Enough for the batch that is read, the one with the store and the one with the broker.
        requestPrefetch = UInt16(clamping: min(2_000, max(16, limits.batch * 4)))
        replyPrefetch = UInt16(clamping: min(2_000, max(16, limits.batch * 4)))
        self.drain = drain
        self.giveBack = giveBack
    }
}
