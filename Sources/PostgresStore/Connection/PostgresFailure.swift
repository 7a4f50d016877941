import CPostgreSQL
import RefundWorker

/// What the server, or the way to it, answered when something could not be done. Holds no data: the server's own texts
/// quote what was sent, so only the code and the constraint's name are kept for people.
enum PostgresFailure: Error, Hashable {
    /// The server refused a statement.
    case refused(SQLState, Conflict?)
    /// The connection is gone, or was given up because the server did not answer in time.
    case lost(problem: String)

    /// Which constraint was broken, and by which values, the latter as a number that says only whether they are the same.
    struct Conflict: Hashable {
        var constraint: String
        var values: Int
    }

    /// What a failed result tells.
    ///
    /// - Parameter connection: asked where the result itself has no code, as when the connection broke.
    init(_ result: OpaquePointer, on connection: OpaquePointer) {
        guard let code = PQresultErrorField(result, cpostgresql_sqlstate) else {
            self = .lost(problem: "the server closed the connection")
            return
        }
        let conflict = PQresultErrorField(result, cpostgresql_constraint).map { name in
            let detail = PQresultErrorField(result, cpostgresql_detail).map { String(cString: $0) }
            return Conflict(constraint: String(cString: name), values: detail.hashValue)
        }
        self = .refused(SQLState(String(cString: code)), conflict)
    }

    var state: SQLState? {
        if case .refused(let state, _) = self { state } else { nil }
    }

    /// The same transaction, begun anew, may pass: others were in its way.
    var isOvertaken: Bool {
        switch state {
        case .serializationFailure, .deadlockDetected, .uniqueViolation, .checkViolation, .messageHeld, .moreRequests:
            true
        default: false
        }
    }

    /// After it the connection is of no use.
    var endsConnection: Bool {
        switch self {
        case .lost: true
        case .refused(let state, _): state.endsConnection
        }
    }
}

/// One of PostgreSQL's error codes (https://www.postgresql.org/docs/current/errcodes-appendix.html).
struct SQLState: Hashable {
    let code: String

    init(_ code: String) {
        self.code = code
    }

    static let uniqueViolation = SQLState("23505")
    static let checkViolation = SQLState("23514")
    static let serializationFailure = SQLState("40001")
    static let deadlockDetected = SQLState("40P01")
    static let lockNotAvailable = SQLState("55P03")
    static let queryCanceled = SQLState("57014")
    static let programLimitExceeded = SQLState("54000")
    static let readOnlyTransaction = SQLState("25006")
    static let diskFull = SQLState("53100")
    static let tooManyConnections = SQLState("53300")
    static let insufficientPrivilege = SQLState("42501")
    /// Raised by this store's own function `expect_rows`.
    static let rowsMissing = SQLState("RW001")
    /// Raised by this store's own function `expect_unheld`.
    static let messageHeld = SQLState("RW002")
    /// Raised by this store's own function `expect_requests`.
    static let moreRequests = SQLState("RW003")

    /// The first two characters: what kind of error it is.
    var classCode: String { String(code.prefix(2)) }

    /// The server ends the session with it, or is not the server that is needed.
    var endsConnection: Bool {
        classCode == "08" || ["57P01", "57P02", "57P03", "57P05", "25P03", "25006"].contains(code)
    }
}

extension StoreError {
    /// A failure as the port's own error, without data.
    init(_ failure: PostgresFailure, during operation: String) {
        switch failure {
        case .lost(let problem):
            self.init(
                .unavailable, operation: operation, problem: problem,
                remedy: "check that PostgreSQL runs and can be reached; the worker connects again by itself")
        case .refused(let state, let conflict):
            let (kind, words, remedy) = StoreError.judge(state)
            let place = conflict.map { " (\($0.constraint))" } ?? ""
            self.init(
                kind, operation: operation, problem: "\(words)\(place), SQLSTATE \(state.code)", remedy: remedy)
        }
    }

    private static let contradiction = "the data contradict what is stored; the message has to be looked at"

    /// Only what PostgreSQL refuses because of the data is `.refused`: anything unknown keeps the deliveries in the queue.
    private static func judge(_ state: SQLState) -> (Kind, String, String) {
        switch state {
        case .uniqueViolation: return (.refused, "a row with these values is there already", contradiction)
        case .rowsMissing: return (.refused, "a row that was to be changed is not stored", contradiction)
        case .programLimitExceeded: return (.refused, "a value is too long for an index", contradiction)
        case .serializationFailure, .deadlockDetected, .messageHeld, .moreRequests:
            return (.busy, "other transactions were in the way each time", "it is tried again")
        case .lockNotAvailable:
            return (.busy, "another session holds the rows", "it is tried again; see pg_locks if it goes on")
        case .queryCanceled:
            return (
                .busy, "the statement took longer than statement_timeout", "it is tried again; see pg_stat_activity"
            )
        case .readOnlyTransaction:
            return (
                .unavailable, "the server takes no writes",
                "name the primary in store.url, or all servers with target_session_attrs=read-write"
            )
        case .diskFull:
            return (.unavailable, "the server's disk is full", "make room there; work goes on by itself")
        case .tooManyConnections:
            return (.unavailable, "the server has no connection left", "raise max_connections, or run fewer lanes")
        case .insufficientPrivilege:
            return (.unavailable, "the user may not do that", "grant the worker's user its rights on the schema")
        default: return judgeByClass(state)
        }
    }

    private static func judgeByClass(_ state: SQLState) -> (Kind, String, String) {
        switch state.classCode {
        case "22", "23": (.refused, "the server refuses these values", contradiction)
        case "28": (.unavailable, "the server refuses the user or the password", "check the credentials in store.url")
        case "08", "57": (.unavailable, "the server ended the session", "the worker connects again by itself")
        case "53": (.unavailable, "the server is short of resources", "look at its log")
        case "58", "XX": (.unavailable, "the server failed by itself", "look at its log, and at its disk")
        default:
            (
                .unavailable, "the server refused a statement",
                "see PostgreSQL's list of error codes for the SQLSTATE, and report it"
            )
        }
    }
}
