import Foundation
import PostgresStore
import RefundPolicy
public import RefundWorker
import SQLiteStore

extension StoreLocation {
    /// Opens the store for looking at cases; nothing is written, and a store that is not there is not made.
    ///
    /// - Throws: `StoreError`.
    public func openReader() throws(StoreError) -> any CaseReader {
        switch self {
        case .sqlite(let path): try SQLiteCaseReader(path: path)
        case .postgresql(let location): try PostgresCaseReader(location)
        }
    }

    /// Opens the store for looking at many cases at once, each call within that time.
    ///
    /// - Throws: `StoreError`.
    public func openSurvey(patience: Duration) throws(StoreError) -> any CaseSurvey {
        switch self {
        case .sqlite(let path): try SQLiteCaseReader(path: path, patience: patience)
        case .postgresql(let location): try PostgresCaseReader(location, patience: patience)
        }
    }

    /// Opens the store for moving finished cases out of it, beside its workers.
    ///
    /// - Throws: `StoreError`.
    func openArchive() throws(StoreError) -> any CaseArchive {
        switch self {
        case .sqlite(let path): try SQLiteCaseArchive(path: path)
        case .postgresql(let location): try PostgresCaseArchive(location)
        }
    }
}

extension StoreLocation {
    /// The size of the write-ahead log beside a file, in bytes; 0 where there is none, and for a server.
    var logBytes: Int64 {
        guard case .sqlite(let path) = self else { return 0 }
        var facts = stat()
        return stat(path + "-wal", &facts) == 0 ? Int64(facts.st_size) : 0
    }
}

extension StoreLocation {
    /// Opens the store for a lane's work. A file is made where there never was one; a database must have been made a
    /// store (`create`): where a server is empty that takes another's place, nothing else would keep a worker that is
    /// just being started from paying everything again.
    ///
    /// - Parameter place: what a store on a server asks where it is whenever it has to connect anew.
    /// - Throws: `StoreError`.
    func openForWork(
        _ agreed: AgreedStore, at place: (PostgresLocation) -> some PostgresLocating
    ) throws(StoreError) -> any CaseStore & ClosableStore {
        switch self {
        case .sqlite(let path):
            let store = try SQLiteStore(path: path, expected: agreed.pinned)
            try agreed.agree(on: store.identity, at: "\(self)")
            return store
        case .postgresql(let location):
            let store = try PostgresStore(place(location), expected: agreed.pinned, createsMissing: false)
            if let identity = store.identity { try agreed.agree(on: identity, at: "\(self)") }
            return store
        }
    }

    /// Makes the store where there is none, and brings one that is there up to date.
    ///
    /// - Parameter expected: which store it must be; nothing is made then.
    /// - Returns: which store it is.
    /// - Throws: `StoreError`, also `.busy` for a file that a worker has.
    public func create(expected: StoreIdentity?) throws(StoreError) -> StoreIdentity? {
        switch self {
        case .sqlite(let path):
            let store = try SQLiteStore(path: path, expected: expected)
            defer { store.close() }
            return store.identity
        case .postgresql(let location):
            let store = try PostgresStore(location, expected: expected)
            defer { store.close() }
            return store.identity
        }
    }
}

extension CaseReader {
    /// When the first certificate ends of those that the store's server and this reader have shown each other; `nil`
    /// without TLS.
    var certificatesEndAt: Instant? { (self as? PostgresCaseReader)?.certificatesEndAt }
}

extension SQLiteStore: ClosableStore {}
extension PostgresStore: ClosableStore {}
