public import RefundCase
public import RefundMessages
public import RefundPolicy

/// What a transaction writes.
public struct CaseChanges: Sendable {
    public var cases: [CaseChange]
    public var deadLetters: [DeadLetterNote]
    public var parking: ParkingChanges
    /// Cases that stay as they are and are looked at again later.
    public var postponements: [CasePostponement]
    /// Words of replies, to be remembered.
    public var words: [SaidWord]
    /// What people did, to be remembered for ever, over the whole store, also once a case is archived.
    public var actions: [RecordedAction]
    /// What happens to the brake, in this order.
    public var brake: [BrakeChange]
    /// Messages of no case: due at once, and held by nobody. One whose id is there already stays as it is.
    public var fleetMessages: [EncodedMessage]

    public init(
        cases: [CaseChange] = [], deadLetters: [DeadLetterNote] = [], parking: ParkingChanges = ParkingChanges(),
        postponements: [CasePostponement] = [], words: [SaidWord] = [], actions: [RecordedAction] = [],
        brake: [BrakeChange] = [], fleetMessages: [EncodedMessage] = []
    ) {
        self.cases = cases
        self.deadLetters = deadLetters
        self.parking = parking
        self.postponements = postponements
        self.words = words
        self.actions = actions
        self.brake = brake
        self.fleetMessages = fleetMessages
    }
}

/// A case that was opened or has moved on.
public struct CaseChange: Sendable {
    /// `nil` for a new case.
    public var id: CaseID?
    /// As it stands after the events.
    public var refundCase: RefundCase
    /// The terms of a new case; `nil` for a known one, which keeps its own.
    public var policy: KeptPolicy?
    /// The number of the first of `events` among the case's events, from 0.
    public var firstEvent: Int
    public var events: [StoredEvent]
    /// Messages to be published for the first time, by their places among the case's messages.
    public var messages: [NewMessage]
    /// Messages to be published once more.
    public var resends: [Resend]
    /// Messages that go out no more. If somebody has come to hold one meanwhile, the transaction begins again; one that is
    /// new in this change was never held.
    public var takenBack: [MessageOrdinal]
    /// Messages that this store sends no more; whoever holds one may do so until its hold ends.
    public var cancelled: [MessageOrdinal]
    /// What a known case had granted before, in minor units, and what was paid after its end.
    public var grantedBefore: Int64 = 0
    public var paidAfterEndBefore: Int64 = 0

    public init(
        id: CaseID?, refundCase: RefundCase, policy: KeptPolicy?, firstEvent: Int, events: [StoredEvent],
        messages: [NewMessage], resends: [Resend] = [], takenBack: [MessageOrdinal] = [],
        cancelled: [MessageOrdinal] = []
    ) {
        self.id = id
        self.refundCase = refundCase
        self.policy = policy
        self.firstEvent = firstEvent
        self.events = events
        self.messages = messages
        self.resends = resends
        self.takenBack = takenBack
        self.cancelled = cancelled
    }
}

/// That a due case is left as it is, and looked at again at another time.
public struct CasePostponement: Hashable, Sendable {
    public var id: CaseID
    /// `nil`: its own state has nothing that time would do.
    public var until: Instant?

    public init(id: CaseID, until: Instant?) {
        self.id = id
        self.until = until
    }
}

/// A version of the policy as cases keep it: one object for each version in use, so that a store writes it once.
public final class KeptPolicy: Sendable {
    public let version: PolicyVersion
    /// The version's whole text; reading it gives an equal version.
    public let text: String

    public init(_ version: PolicyVersion) {
        self.version = version
        text = version.yaml
    }

    /// For whoever has the text at hand.
    public init(_ version: PolicyVersion, text: String) {
        self.version = version
        self.text = text
    }
}

/// A message that follows from an event.
public struct NewMessage: Hashable, Sendable {
    public var ordinal: MessageOrdinal
    public var encoded: EncodedMessage
    public var createdAt: Instant

    public init(ordinal: MessageOrdinal, encoded: EncodedMessage, createdAt: Instant) {
        self.ordinal = ordinal
        self.encoded = encoded
        self.createdAt = createdAt
    }
}

extension CaseChange {
    /// What a message that was taken back has instead of a confirm.
    public static let takenBackReason = "taken back before the broker had it"
}

/// An earlier command once more, byte for byte.
public struct Resend: Hashable, Sendable {
    public var ordinal: MessageOrdinal
    public var attempt: Int

    public init(ordinal: MessageOrdinal, attempt: Int) {
        self.ordinal = ordinal
        self.attempt = attempt
    }
}

/// That a message went to `refund.dead`, and why; the message itself is kept by the broker.
public struct DeadLetterNote: Hashable, Sendable {
    public var at: Instant
    public var code: String
    public var detail: String
    public var sourceQueue: String
    /// The message's own id, where it had one.
    public var messageID: String?
    /// The request that it was about, where it could be read.
    public var requestID: RequestID?

    public init(
        at: Instant, code: String, detail: String, sourceQueue: String, messageID: String?, requestID: RequestID?
    ) {
        self.at = at
        self.code = code
        self.detail = detail
        self.sourceQueue = sourceQueue
        self.messageID = messageID
        self.requestID = requestID
    }
}
