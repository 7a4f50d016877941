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

    public init(requests: [RequestID] = [], lines: [InvoiceLine] = []) {
        self.requests = requests
        self.lines = lines
    }
}
