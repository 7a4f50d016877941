public import RefundPolicy

/// Where cases are kept: the port that every store fills, and that one conformance suite tests.
///
/// A store is used by one thread at a time. It knows no rules: it loads what it is asked for, writes what it is given,
/// and holds by constraints what must never be broken (one request id, one case; one open or settled refund for each
/// invoice line).
public protocol CaseStore: AnyObject {
    /// One transaction: records what became of published messages, loads the cases and lines that `keys` name, lets
    /// `decide` say what changes, and writes that. Everything or nothing is kept, and on return it is on disk.
    ///
    /// `decide` may be called more than once, each time with what is then stored; only the last answer is written.
    ///
    /// - Returns: the identities of the changed cases, in the order of `CaseChanges.cases`.
    /// - Throws: `StoreError`, after which nothing of this call is kept, or, for `.outcomeUnknown`, all of it may be.
    func transact(
        recording publications: [PublicationRecord], loading keys: CaseKeys, at now: Instant,
        _ decide: (LoadedCases) -> CaseChanges
    ) throws(StoreError) -> [CaseID]

    /// Takes messages that were committed and whose publication is due, oldest first, and leaves them to the caller
    /// until `lease` has passed: others don't see them so long.
    ///
    /// - Parameter bytes: how many bytes their bodies may have; the first may have more.
    func claimUnsent(limit: Int, bytes: Int, at now: Instant, lease: Duration) throws(StoreError) -> [OutboxMessage]

    /// How many messages are committed and not confirmed, by whomever they are held; what the brake holds is not among them.
    func countUnsent(upTo most: Int) throws(StoreError) -> Int

    /// What time it is by the store's own clock; `nil` where it has none and lives by this machine's.
    func clock() throws(StoreError) -> Instant?
}

extension CaseStore {
    public func clock() throws(StoreError) -> Instant? { nil }
}
