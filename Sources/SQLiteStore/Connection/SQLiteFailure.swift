import GRDB
import GRDBSQLite
import RefundWorker

/// What SQLite answered when it could not do something.
struct SQLiteFailure: Error, Hashable {
    /// The extended result code (https://www.sqlite.org/rescode.html).
    var code: Int32
    /// Which columns a constraint names; nothing else of SQLite's own text is kept, since it may quote what was sent.
    var constraint: String?

    /// The failure that the connection has just had.
    init(_ code: Int32, on connection: OpaquePointer?) {
        self.init(code, message: connection.flatMap { sqlite3_errmsg($0).map { String(cString: $0) } })
    }

    init(_ error: DatabaseError) {
        self.init(error.extendedResultCode.rawValue, message: error.message)
    }

    private init(_ code: Int32, message: String?) {
        self.code = code
        constraint = code & 0xFF == SQLITE_CONSTRAINT ? message : nil
    }

    var primaryCode: Int32 { code & 0xFF }

    /// A row with the same value is there already: another writer was faster, or the data contradict themselves.
    var isUniqueViolation: Bool { code == SQLITE_CONSTRAINT | (8 << 8) }
}

extension StoreError {
    /// Whatever was thrown, as the port's own error, without data.
    init(_ error: any Error, during operation: String) {
        switch error {
        case let error as StoreError: self = error
        case let failure as SQLiteFailure: self.init(failure, during: operation)
        case let error as DatabaseError: self.init(SQLiteFailure(error), during: operation)
        default:
            self.init(
                .unavailable, operation: operation, problem: "the store failed with \(type(of: error))",
                remedy: "look at the log above this line, and report it")
        }
    }

    private init(_ failure: SQLiteFailure, during operation: String) {
        let words = String(cString: sqlite3_errstr(failure.code))
        let problem = "\(failure.constraint ?? words) (SQLite \(failure.code))"
        let (kind, remedy) = StoreError.judge(failure, during: operation)
        self.init(kind, operation: operation, problem: problem, remedy: remedy)
    }

    /// Only what SQLite refuses because of the data is `.refused`: anything unknown keeps the deliveries in the queue.
    private static func judge(_ failure: SQLiteFailure, during operation: String) -> (Kind, String) {
        switch failure.primaryCode {
        case SQLITE_BUSY, SQLITE_LOCKED:
            return (.busy, "another connection holds the file; it is tried again")
        case SQLITE_FULL:
            return (.unavailable, "make room on the store's disk; work goes on by itself")
        case SQLITE_IOERR where operation == "commit":
            return (.outcomeUnknown, "check the store's disk and the kernel's log; it is tried again")
        case SQLITE_IOERR:
            return (.unavailable, "check the store's disk and the kernel's log")
        case SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_AUTH:
            return (.unavailable, "check that the directory exists and that this user may write in it")
        case SQLITE_READONLY:
            return (.unavailable, "let this user write to the file and its directory, and mount the disk writable")
        case SQLITE_CONSTRAINT, SQLITE_TOOBIG, SQLITE_MISMATCH:
            return (.refused, "the data contradict what is stored; the message has to be looked at")
        case SQLITE_NOTADB:
            return (.incompatible, "name another file in store.url: this one is no SQLite database")
        case SQLITE_CORRUPT:
            return (.unavailable, "stop the worker, keep a copy of the file, and restore the latest backup")
        case SQLITE_NOMEM:
            return (.unavailable, "give the worker more memory")
        default:
            return (.unavailable, "see https://www.sqlite.org/rescode.html for the code, and report it")
        }
    }
}

/// Runs `body`, and turns what it throws into the port's own error.
func storing<Value>(_ operation: String, _ body: () throws -> Value) throws(StoreError) -> Value {
    do {
        return try body()
    } catch {
        throw StoreError(error, during: operation)
    }
}
