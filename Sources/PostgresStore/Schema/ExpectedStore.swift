import RefundWorker

/// Which store must be where a connection leads.
struct ExpectedStore {
    /// As the location is shown, without credentials.
    let place: String
    /// `nil` for any.
    private(set) var identity: StoreIdentity?
    /// Makes one where there is none.
    private(set) var createsMissing: Bool
    private var isPinned: Bool

    /// - Parameters:
    ///   - pinned: what the settings say.
    ///   - createsMissing: heeded only where no identity is expected.
    init(place: String, pinned: StoreIdentity?, createsMissing: Bool) {
        self.place = place
        identity = pinned
        isPinned = pinned != nil
        self.createsMissing = createsMissing && pinned == nil
    }

    /// Whatever is there, and a new one where nothing is.
    static let any = ExpectedStore(place: "the database", pinned: nil, createsMissing: true)

    /// From now on it must be this one.
    mutating func hold(to found: StoreIdentity) {
        identity = found
        createsMissing = false
    }

    /// - Throws: `StoreError` `.exchanged` when it is another.
    func check(_ found: StoreIdentity?) throws(StoreError) {
        guard let identity, found != identity else { return }
        if found == nil, isPinned {
            throw .exchanged(
                "\(place) is a store of an older version, which has no identity, and store.identity names \(identity)",
                remedy: "start this version's worker once without store.identity: it gives the store one")
        }
        throw .anotherStore(
            found, at: place, expected: identity, saidBy: source, remedy: remedy)
    }

    /// For a place without tables.
    func missing(_ seen: String) -> StoreError {
        guard let identity else {
            return StoreError(
                .incompatible, operation: "open", problem: "\(seen): no store is there",
                remedy: "if there was one, this is another server or database: put it back, or correct store.url; if "
                    + "none ever was: refund-worker store create")
        }
        return .exchanged("\(place) holds no store (\(seen)), and \(identity) \(source)", remedy: remedy)
    }

    private var source: String { isPinned ? "store.identity names" : "this worker has opened" }

    private var remedy: String {
        "bring the server back that has it, and the worker goes on; only if this one is meant, stop all workers, have "
            + "it learn what it missed (README, \"Backup and restore\"), "
            + (isPinned ? "correct store.identity, " : "") + "and start them"
    }
}
