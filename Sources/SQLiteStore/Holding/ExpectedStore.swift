import GRDB
import RefundWorker

/// Which store must be where one is opened; any, and also none yet, where nobody says.
struct ExpectedStore {
    let path: String
    let identity: StoreIdentity?
    /// Who says it, and what to do when it is not there.
    let source: String
    let remedy: String

    /// - Parameters:
    ///   - pinned: what the settings say.
    ///   - remembered: which store was there last.
    init(path: String, pinned: StoreIdentity?, remembered: StoreIdentity?) {
        self.path = path
        identity = pinned ?? remembered
        if pinned != nil {
            source = ExpectedStore.pinned
            remedy =
                "put the store back that was there (its file, -wal and -shm), or correct store.identity or store.url"
        } else {
            source = "was there last"
            remedy =
                "put the store back that was there (its file, -wal and -shm); only if this one is meant, which knows "
                + "nothing of what the other has paid, remove \(WriterLock.path(besideStoreAt: path)) while none runs"
        }
    }

    /// Before anything is made there.
    ///
    /// - Throws: `StoreError` `.exchanged`.
    func checkFile() throws(StoreError) {
        guard let identity else { return }
        if FileStanding(path: path)?.bytes ?? 0 == 0 { throw missing(identity) }
    }

    func check(_ database: Database) throws {
        guard let identity else { return }
        let objects = try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM sqlite_schema") ?? 0
        guard objects > 0 else { throw missing(identity) }
        let found = try IdentityTable.read(database)
        guard found == identity else {
            if found == nil, source == ExpectedStore.pinned {
                throw StoreError.exchanged(
                    "\(path) is of an older version, which gave no identity, and store.identity names \(identity)",
                    remedy: "start this version's worker once without store.identity: it gives the store one")
            }
            throw StoreError.anotherStore(found, at: path, expected: identity, saidBy: source, remedy: remedy)
        }
    }

    private static let pinned = "store.identity names"

    private func missing(_ identity: StoreIdentity) -> StoreError {
        .exchanged("\(path) is gone or empty, and the store \(identity) \(source)", remedy: remedy)
    }
}
