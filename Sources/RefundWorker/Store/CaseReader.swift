public import RefundCase
public import RefundMessages
public import RefundPolicy

/// Looking at cases: what operators' commands ask of a store. Reading never delays the workers.
public protocol CaseReader: AnyObject {
    /// The cases that the filter lets through, newest first.
    func cases(matching filter: CaseFilter) throws(StoreError) -> [ListedCase]

    /// Everything about one case; `nil` when there is none of that id.
    func history(of id: RequestID) throws(StoreError) -> CaseHistory?

    /// How many cases have each status.
    func counts() throws(StoreError) -> [CaseStatus: Int]
}

/// Which cases to list; every condition that is set must hold.
public struct CaseFilter: Hashable, Sendable {
    /// Any of these; empty for all.
    public var statuses: [CaseStatus]
    /// Open cases with a deadline that has passed at that instant.
    public var overdueAt: Instant?
    /// Open cases with a deadline before that instant.
    public var dueBefore: Instant?
    /// At most that many, 1...100,000.
    public var limit: Int
    /// Only cases older than this one: where the last page ended.
    public var before: CaseID?

    public init(
        statuses: [CaseStatus] = [], overdueAt: Instant? = nil, dueBefore: Instant? = nil, limit: Int = 50,
        before: CaseID? = nil
    ) {
        self.statuses = statuses
        self.overdueAt = overdueAt
        self.dueBefore = dueBefore
        self.limit = limit
        self.before = before
    }
}

/// A case in a list.
public struct ListedCase: Hashable, Sendable {
    public var id: CaseID
    public var refundCase: RefundCase

    public init(id: CaseID, refundCase: RefundCase) {
        self.id = id
        self.refundCase = refundCase
    }
}

/// A case with all that happened to it and all that it sent.
public struct CaseHistory: Hashable, Sendable {
    public var id: CaseID
    public var refundCase: RefundCase
    /// Oldest first; they rebuild the case.
    public var events: [StoredEvent]
    /// In the order in which they were committed.
    public var messages: [SentMessage]

    public init(id: CaseID, refundCase: RefundCase, events: [StoredEvent], messages: [SentMessage]) {
        self.id = id
        self.refundCase = refundCase
        self.events = events
        self.messages = messages
    }
}

/// A message of a case, and how its publication stands.
public struct SentMessage: Hashable, Sendable {
    public var message: OutboxMessage
    /// When the broker confirmed the latest attempt; `nil` while it has not.
    public var confirmedAt: Instant?
    /// Why the broker would not take it, if so.
    public var lastError: String?

    public init(message: OutboxMessage, confirmedAt: Instant?, lastError: String?) {
        self.message = message
        self.confirmedAt = confirmedAt
        self.lastError = lastError
    }
}
