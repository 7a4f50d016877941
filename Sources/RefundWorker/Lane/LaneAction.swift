/// What a lane wants done, in this order.
public enum LaneAction: Sendable {
    case store(StoreOrder)
    /// Publish these, giving them the sequence numbers that follow the last one on this connection: before that uptime,
    /// or not at all (the connection is then given up, for the numbers no longer fit).
    case publish([Publication], before: Duration)
    /// Acknowledge the delivery, and with `multiple` all before it.
    case acknowledge(DeliveryTag, multiple: Bool)
    /// Give the delivery to the broker's own dead-lettering: its body is too large to be held and published again.
    case reject(DeliveryTag)
    /// Stop the deliveries; those that have come are finished.
    case cancelConsumers
    /// The broker has settled these publications: nothing is to be done, but for whoever watches.
    case settled([Settlement])
    /// Open the publishing connection afresh: the broker keeps some refusals for as long as a channel lives.
    case renewPublisher(because: String)
    /// These kinds of messages don't get out, and no others: nothing is to be done, but for whoever watches.
    case outlets([OutletTrouble])
    /// Everything is finished after `stop`.
    case finished
}
