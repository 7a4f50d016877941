public import RefundCase
public import RefundMessages
public import RefundPolicy

/// What a store holds of the cases and lines that were asked for.
public struct LoadedCases: Sendable {
    public var cases: [RequestID: LoadedCase]
    /// What is left of those that were asked for and are no cases any more.
    public var archived: [RequestID: ArchivedCase]
    /// How a line stands with the cases in the store, archived ones included; a line that is not here is free.
    public var standings: [InvoiceLine: InvoiceLine.Standing]
    /// Those of `cases` whose time has come (`RefundCase.dueAt`), those that have waited longest first.
    public var due: [RequestID]
    /// Parked messages that are due, those that have waited longest first; `cases` has theirs, too.
    public var parked: [ParkedMessage]

    public init(
        cases: [RequestID: LoadedCase] = [:], archived: [RequestID: ArchivedCase] = [:],
        standings: [InvoiceLine: InvoiceLine.Standing] = [:], due: [RequestID] = [], parked: [ParkedMessage] = []
    ) {
        self.cases = cases
        self.archived = archived
        self.standings = standings
        self.due = due
        self.parked = parked
    }
}

/// A stored case, read; or why it can't be.
public struct LoadedCase: Sendable {
    public var id: CaseID
    public var refundCase: Result<RefundCase, DeadLetterReason>
    /// Its messages that the broker has not confirmed, in their order.
    public var unsent: [OutboxMessage]
    /// What the broker has confirmed, for deadlines and re-sends.
    public var facts: PublicationFacts

    public init(
        id: CaseID, refundCase: Result<RefundCase, DeadLetterReason>, unsent: [OutboxMessage], facts: PublicationFacts
    ) {
        self.id = id
        self.refundCase = refundCase
        self.unsent = unsent
        self.facts = facts
    }
}
