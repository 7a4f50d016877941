import GRDBSQLite

/// A connection that only reads, with its statements kept: the auditor asks thousands of small questions.
final class ReadConnection {
    struct Failure: Error {
        let code: Int32
    }

    private var handle: OpaquePointer?
    private var statements: [String: OpaquePointer] = [:]

    init(file: String) throws {
        let code = sqlite3_open_v2(file, &handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nil)
        guard code == SQLITE_OK else {
            close()
            throw Failure(code: code)
        }
    }

    deinit {
        close()
    }

    func close() {
        for statement in statements.values { sqlite3_finalize(statement) }
        statements = [:]
        sqlite3_close(handle)
        handle = nil
    }

    /// All rows, as `read` takes them.
    func rows<Value>(_ sql: String, _ values: [Parameter] = [], _ read: (Row) -> Value) throws -> [Value] {
        let statement = try prepared(sql)
        defer { sqlite3_reset(statement) }
        for (index, value) in values.enumerated() { value.bind(to: statement, at: Int32(index + 1)) }
        var rows: [Value] = []
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW: rows.append(read(Row(statement: statement)))
            case SQLITE_DONE: return rows
            case let code: throw Failure(code: code)
            }
        }
    }

    private func prepared(_ sql: String) throws -> OpaquePointer {
        if let known = statements[sql] { return known }
        var statement: OpaquePointer?
        let code = sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
        guard code == SQLITE_OK, let statement else { throw Failure(code: code) }
        statements[sql] = statement
        return statement
    }

    enum Parameter {
        case text(String)
        case bytes([UInt8])
        case integer(Int)

        fileprivate func bind(to statement: OpaquePointer, at position: Int32) {
            // `SQLITE_TRANSIENT`: SQLite makes its own copy.
            let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
            switch self {
            case .text(let text): sqlite3_bind_text(statement, position, text, -1, copied)
            case .integer(let number): sqlite3_bind_int64(statement, position, Int64(number))
            case .bytes(let bytes): sqlite3_bind_blob(statement, position, bytes, Int32(bytes.count), copied)
            }
        }
    }

    /// The row that a statement stands on; valid until the next.
    struct Row {
        fileprivate let statement: OpaquePointer

        func text(_ column: Int32) -> String {
            sqlite3_column_text(statement, column).map { String(cString: $0) } ?? ""
        }

        func integer(_ column: Int32) -> Int64? {
            sqlite3_column_type(statement, column) == SQLITE_NULL ? nil : sqlite3_column_int64(statement, column)
        }

        func bytes(_ column: Int32) -> [UInt8] {
            guard let start = sqlite3_column_blob(statement, column) else { return [] }
            return [UInt8](
                UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, column))))
        }
    }
}
