import PostgresStore
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
    /// Opens the store for a lane's work; one that is not there is made.
    ///
    /// - Throws: `StoreError`.
    func openForWork() throws(StoreError) -> any CaseStore & ClosableStore {
        switch self {
        case .sqlite(let path): try SQLiteStore(path: path)
        case .postgresql(let location): try PostgresStore(location)
        }
    }
}

extension SQLiteStore: ClosableStore {}
extension PostgresStore: ClosableStore {}
