public import RefundCase
public import RefundMessages
public import RefundPolicy

/// What a store holds of the cases and lines that were asked for.
public struct LoadedCases: Sendable {
    public var cases: [RequestID: LoadedCase]
    /// What is left of those that were asked for and are no cases any more.
    public var archived: [RequestID: ArchivedCase]
    /// What the store holds around the lines that were asked for, and around those of the loaded cases that are in review.
    public var lines: [InvoiceLine: LoadedLine]
    /// The accounts of those lines' invoices, by `LineIdentity.invoice`; one that is not here has had no request.
    public var accounts: [String: InvoiceAccount] = [:]
    /// Those of the proofs that were asked for that stand for another invoice.
    public var reusedProofs: Set<ProofUse> = []
    /// Those of `cases` whose time has come (`RefundCase.dueAt`), those that have waited longest first.
    public var due: [RequestID]
    /// Parked messages that are due, those that have waited longest first; `cases` has theirs, too, and `said` and `actions`
    /// what of theirs is known.
    public var parked: [ParkedMessage]
    /// Those of the words that were asked for that were said before.
    public var said: Set<SaidWord>
    /// Those of the acts that were asked for that were seen before.
    public var actions: [ActionID: RecordedAction]
    /// The first withdrawal that is parked for a request and not given up.
    public var withdrawals: [RequestID: KeptDelivery]
    public var brake: PayoutBrake
    /// What is given up and waits for `refund.dead`; nothing unless that was asked for (`CaseKeys.countsDeadLetters`).
    public var waitingLetters = WaitingLetters()
    /// Those that were asked for, are there, and had no room (`CaseKeys.byteLimit`).
    public var unread: Set<RequestID> = []
    /// More is due, for which there was no room.
    public var moreIsDue = false

    public init(
        cases: [RequestID: LoadedCase] = [:], archived: [RequestID: ArchivedCase] = [:],
        lines: [InvoiceLine: LoadedLine] = [:], due: [RequestID] = [], parked: [ParkedMessage] = [],
        said: Set<SaidWord> = [], actions: [ActionID: RecordedAction] = [:],
        withdrawals: [RequestID: KeptDelivery] = [:], brake: PayoutBrake = PayoutBrake()
    ) {
        self.cases = cases
        self.archived = archived
        self.lines = lines
        self.due = due
        self.parked = parked
        self.said = said
        self.actions = actions
        self.withdrawals = withdrawals
        self.brake = brake
    }
}

/// A stored case, read; or why it can't be.
public struct LoadedCase: Sendable {
    public var id: CaseID
    public var refundCase: Result<RefundCase, DeadLetterReason>
    /// What is known of its messages, the brake included.
    public var facts: PublicationFacts
    /// When the broker got its commands.
    public var confirms: CommandConfirms

    public init(
        id: CaseID, refundCase: Result<RefundCase, DeadLetterReason>, facts: PublicationFacts,
        confirms: CommandConfirms = CommandConfirms()
    ) {
        self.id = id
        self.refundCase = refundCase
        self.facts = facts
        self.confirms = confirms
    }
}

/// How many dead letters wait in a store, and how many bytes they have.
public struct WaitingLetters: Hashable, Sendable {
    public var count: Int
    public var bytes: Int

    public init(count: Int = 0, bytes: Int = 0) {
        self.count = count
        self.bytes = bytes
    }
}
