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
    /// How many of the cases whose time has come are loaded besides, those that have waited longest first; and how many
    /// parked messages, with their cases.
    public var dueLimit: Int

    public init(requests: [RequestID] = [], lines: [InvoiceLine] = [], dueLimit: Int = 0) {
        self.requests = requests
        self.lines = lines
        self.dueLimit = dueLimit
    }
}
