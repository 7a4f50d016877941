/// What can happen to a lane.
public enum LaneInput: Sendable {
    /// Deliveries of that queue can come, by a connection of that epoch, which no other consuming connection has or had.
    case consumerOpened(SourceQueue, epoch: UInt64)
    /// What was delivered by that connection can't be acknowledged any more: the broker will deliver it again.
    case consumerLost(epoch: UInt64)
    /// Messages can be published, numbered from 1.
    case publisherOpened(epoch: UInt64)
    /// What was published and not confirmed may or may not have arrived.
    ///
    /// - Parameter refusal: what the broker said, if it has closed the channel over something that was published.
    case publisherLost(epoch: UInt64, refusal: String?)
    /// The broker takes no messages for now (`connection.blocked`).
    case publisherBlocked
    case publisherUnblocked
    case delivered(InboundDelivery)
    /// Everything that the broker has sent so far was delivered.
    case caughtUp
    /// The broker has settled a publication, or with `multiple` all up to it.
    case settled(sequence: UInt64, multiple: Bool, isAcknowledged: Bool)
    /// The broker could route a publication nowhere. Its settlement still follows.
    case returned(messageID: String?, isDeadLetter: Bool, reason: String)
    /// The store has done what was asked.
    case stored(StoreReport)
    case storeFailed(StoreError)
    /// Time has passed, and all that the broker has said was told: messages may go out now, and only now.
    case ticked
    /// Finish what was begun, take nothing new.
    case stop
}
