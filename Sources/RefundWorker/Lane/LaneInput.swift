public import RefundMessages
public import RefundPolicy

/// What can happen to a lane.
public enum LaneInput: Sendable {
    /// Deliveries of that queue can come, by a connection of that epoch, which no other consuming connection has or had.
    case consumerOpened(SourceQueue, epoch: UInt64)
    /// What was delivered by that connection can't be acknowledged any more: the broker will deliver it again.
    case consumerLost(epoch: UInt64)
    /// Messages can be published, numbered from 1.
    case publisherOpened(epoch: UInt64)
    /// What was published and not confirmed may or may not have arrived.
    case publisherLost(epoch: UInt64)
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
    /// Nothing happened but time.
    case ticked
    /// Finish what was begun, take nothing new.
    case stop
}

/// What a lane wants done, in this order.
public enum LaneAction: Sendable {
    case store(StoreOrder)
    /// Publish these, giving them the sequence numbers that follow the last one on this connection.
    case publish([Publication])
    /// Acknowledge the delivery, and with `multiple` all before it.
    case acknowledge(DeliveryTag, multiple: Bool)
    /// Give the delivery to the broker's own dead-lettering: its body is too large to be held and published again.
    case reject(DeliveryTag)
    /// Stop the deliveries; those that have come are finished.
    case cancelConsumers
    /// The broker has settled these publications: nothing is to be done, but for whoever watches.
    case settled([Settlement])
    /// Everything is finished after `stop`.
    case finished
}

/// What the store is asked in one go.
public struct StoreOrder: Sendable {
    /// What became of messages that were published.
    public var recording: [PublicationRecord]
    /// Deliveries to decide and commit together.
    public var deliveries: [InboundDelivery]
    /// Why the store has refused what was decided for the one delivery: it is parked instead. `nil` to decide.
    public var refusal: StoreError?
    /// Whether to act on what is due: deadlines, commands without a reply, parked messages, and messages that were left
    /// unsent.
    public var actsOnDue: Bool
    /// Of what is due, only the one case or parked message that has waited longest, which is put off if the store refuses
    /// that, too.
    public var actsAlone: Bool

    public init(
        recording: [PublicationRecord], deliveries: [InboundDelivery], refusal: StoreError? = nil, actsOnDue: Bool,
        actsAlone: Bool = false
    ) {
        self.recording = recording
        self.deliveries = deliveries
        self.refusal = refusal
        self.actsOnDue = actsOnDue
        self.actsAlone = actsAlone
    }
}

/// What the store did.
public struct StoreReport: Sendable {
    /// What follows for each delivery of the order, in their order.
    public var dispositions: [Disposition]
    /// Messages of what fell due, and messages that were left unsent: now the lane's.
    public var unsent: [OutboxMessage]
    /// Parked messages that were given up: now the lane's, to be published.
    public var deadLetters: [ParkedDeadLetter]
    /// Cases whose time has come and that can't be read: a person must look.
    public var unreadable: [RequestID]
    /// What is due and was put off, since the store refuses what comes of it: a person must look.
    public var putOff: [RequestID]
    /// As much was due as is taken at once, so that more may be.
    public var moreIsDue: Bool
    /// What was decided and which alerts were raised, for whoever counts.
    public var tally: BatchTally

    public init(
        dispositions: [Disposition], unsent: [OutboxMessage], deadLetters: [ParkedDeadLetter] = [],
        unreadable: [RequestID] = [], putOff: [RequestID] = [], moreIsDue: Bool = false,
        tally: BatchTally = BatchTally()
    ) {
        self.dispositions = dispositions
        self.unsent = unsent
        self.deadLetters = deadLetters
        self.unreadable = unreadable
        self.putOff = putOff
        self.moreIsDue = moreIsDue
        self.tally = tally
    }
}

/// What follows for a delivery after its commit.
public enum Disposition: Hashable, Sendable {
    /// Publish these, then acknowledge; with none, acknowledge.
    case publish([OutboxMessage])
    /// The store keeps it, to be tried again: acknowledge.
    case parked(RequestID, DeadLetterReason)
    case deadLetter(DeadLetter)
}

/// One thing to be published.
public enum Publication: Hashable, Sendable {
    case message(OutboxMessage)
    /// A delivery to be handed on to `refund.dead`.
    case deadLetter(DeliveryTag, DeadLetter)
    /// A parked message to be handed on to `refund.dead`.
    case parkedDeadLetter(ParkedDeadLetter)
}
