import RefundPolicy
import RefundWorker

/// One of a worker's three connections: lost and opened again, under a new epoch each time.
struct SimulatedLink {
    var connection: BrokerConnection?
    var epoch: UInt64 = 0
    /// When to try again; `nil` while open.
    var retryAt: Instant? = Instant(microsecondsSinceEpoch: .min)
    var inbox: [Frame] = []
    /// Publications on this connection so far.
    var published: UInt64 = 0

    mutating func opened(_ connection: BrokerConnection) {
        self.connection = connection
        retryAt = nil
        inbox = []
        published = 0
    }

    /// - Returns: the epoch that is over; `nil` when it was closed already.
    mutating func lose(retryAt: Instant) -> UInt64? {
        guard let connection else { return nil }
        connection.hangUp()
        self.connection = nil
        self.retryAt = retryAt
        inbox = []
        return epoch
    }
}

/// One of a worker's two consumers.
struct SimulatedConsumer {
    let queue: QueueName
    var link = SimulatedLink()
    var probation = Probation()
    /// What came by this connection, by tag, and is not acknowledged yet.
    var held: [UInt64: BrokerMessage] = [:]

    /// Whether that delivery came by the connection that is open.
    func holds(_ tag: DeliveryTag) -> Bool { link.connection != nil && link.epoch == tag.epoch }
}
