/// Knows where a store is by now: while it works, its user's password may change.
public protocol PostgresLocating: Sendable {
    /// What to connect with.
    var location: PostgresLocation { get }

    /// No connection could be made with it.
    func refused()
}

/// One that does not change.
extension PostgresLocation: PostgresLocating {
    public var location: PostgresLocation { self }

    public func refused() {}
}
