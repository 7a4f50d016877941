public import RefundMessages
public import RefundPolicy

/// A case's identity in its store.
public struct CaseID: Hashable, Sendable {
    public let number: Int64

    public init(_ number: Int64) {
        self.number = number
    }
}

/// What a transaction needs to see.
public struct CaseKeys: Hashable, Sendable {
    public var requests: [RequestID]
    public var lines: [InvoiceLine]
    /// Proofs of payment: which of them stands for another invoice is to be told.
    public var proofs: [ProofUse] = []
    /// What replies say: which of these words was said before is to be told.
    public var words: [SaidWord]
    /// What people did: which of these acts was seen before is to be told.
    public var actions: [ActionID]
    /// Requests that may be opened: a withdrawal that is parked for one of them is loaded.
    public var withdrawalsOf: [RequestID]
    /// Whether to tell how many dead letters wait.
    public var countsDeadLetters = false
    /// How many of the cases whose time has come are loaded besides, those that have waited longest first; and how many
    /// parked messages, with their cases.
    public var dueLimit: Int
    /// How many bytes the cases may have that are loaded by their requests, those whose time has come, and the parked
    /// messages: so many each, and the first may have more.
    public var byteLimit: Int

    public init(
        requests: [RequestID] = [], lines: [InvoiceLine] = [], words: [SaidWord] = [], actions: [ActionID] = [],
        withdrawalsOf: [RequestID] = [], dueLimit: Int = 0, byteLimit: Int = .max
    ) {
        self.requests = requests
        self.lines = lines
        self.words = words
        self.actions = actions
        self.withdrawalsOf = withdrawalsOf
        self.dueLimit = dueLimit
        self.byteLimit = byteLimit
    }
}
