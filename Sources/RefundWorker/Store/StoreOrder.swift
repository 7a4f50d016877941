public import RefundMessages
public import RefundPolicy

/// What the store is asked in one go.
public struct StoreOrder: Sendable {
    /// What became of messages that were published.
    public var recording: [PublicationRecord]
    /// Deliveries to decide and commit together.
    public var deliveries: [InboundDelivery]
    /// Why the store has refused what was decided for the one delivery: it is parked instead. `nil` to decide.
    public var refusal: StoreError?
    /// Dead letters to keep until `refund.dead` takes them; an order that has any does nothing else but record.
    public var keeping: [KeptLetter]
    /// Whether to act on what is due: deadlines, commands without a reply, parked messages, and messages that were left
    /// unsent.
    public var actsOnDue: Bool
    /// Of what is due, only the one case or parked message that has waited longest, which is put off if the store refuses
    /// that, too.
    public var actsAlone: Bool

    /// Up to which number to count the messages that are unsent, by whomever; `nil` not to.
    public var countsUnsentTo: Int?

    public init(
        recording: [PublicationRecord], deliveries: [InboundDelivery], refusal: StoreError? = nil,
        keeping: [KeptLetter] = [], actsOnDue: Bool, actsAlone: Bool = false
    ) {
        self.recording = recording
        self.deliveries = deliveries
        self.refusal = refusal
        self.keeping = keeping
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
    /// As many messages were left unsent as are taken at once, so that more may be.
    public var moreIsUnsent: Bool
    /// The brake is on: no payout may go out.
    public var payoutsArePaused: Bool
    /// What was decided and which alerts were raised, for whoever counts.
    public var tally: BatchTally

    /// How many messages are unsent in the store; `nil` where that was not asked.
    public var unsentInStore: Int?
    /// How many of the dead letters that were to be kept are: the first so many.
    public var keptLetters = 0
    /// Messages that are sent no more: the lane lets go of those that it has not handed to the broker.
    public var cancelled: Set<MessageKey> = []

    public init(
        dispositions: [Disposition], unsent: [OutboxMessage], deadLetters: [ParkedDeadLetter] = [],
        unreadable: [RequestID] = [], putOff: [RequestID] = [], moreIsDue: Bool = false,
        moreIsUnsent: Bool = false, payoutsArePaused: Bool = false, tally: BatchTally = BatchTally()
    ) {
        self.dispositions = dispositions
        self.unsent = unsent
        self.deadLetters = deadLetters
        self.unreadable = unreadable
        self.putOff = putOff
        self.moreIsDue = moreIsDue
        self.moreIsUnsent = moreIsUnsent
        self.payoutsArePaused = payoutsArePaused
        self.tally = tally
    }
}

/// What follows for a delivery after its commit.
public enum Disposition: Hashable, Sendable {
    /// It is committed, or changes nothing: acknowledge, and publish these.
    case publish([OutboxMessage])
    /// The store keeps it, to be tried again: acknowledge.
    case parked(RequestID, DeadLetterReason)
    case deadLetter(DeadLetter)
    /// Its case was not loaded, for want of room: nothing was decided of it, and it comes again.
    case later
}
