public import RefundPolicy
public import RefundWorker

/// What the suite needs of a kind of store: somewhere fresh to keep cases, and ways to trouble it. One for each
/// behaviour; the data end with it.
public protocol StoreFixture: AnyObject {
    /// Opens the fixture's store, with whatever was committed to it before.
    func openStore() throws -> any CaseStore
    func openReader() throws -> any CaseSurvey
    func openArchive() throws -> any CaseArchive

    /// Ends a store in good order.
    func close(_ store: any CaseStore) throws
    /// Stops everything at this moment, as when the power fails; what is opened next is what the disk then has.
    func crash(_ store: any CaseStore) throws

    /// Runs `body` while somebody else holds the store, so that its transactions can't begin.
    func whileHeldByAnother(_ body: () throws -> Void) throws
    /// Makes the stored state of a case unreadable, behind the store's back.
    func damageState(of id: RequestID) throws

    /// The notes about dead letters, oldest first.
    func deadLetters() throws -> [DeadLetterNote]
    /// Which store it is.
    func identity(of store: any CaseStore) -> StoreIdentity?
    /// Keeps a copy of the store as it is, for `.earlierCopy`.
    func keepCopy() throws
    /// Lets a worker that has the store open meet something else in its place, at its next transaction.
    func exchange(_ exchange: StoreExchange) throws

    /// How many versions of policies are kept.
    func keptPolicies() throws -> Int
}

/// What a store may be exchanged for behind a worker's back.
public enum StoreExchange: Hashable, Sendable {
    /// Nothing is there.
    case nothing
    /// A new store, which knows nothing.
    case anotherStore
    /// The copy that was kept.
    case earlierCopy
    /// The store itself, after one of the first two.
    case back
}
