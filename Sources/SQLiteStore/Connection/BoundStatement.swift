import GRDB
import GRDBSQLite

/// A statement that is prepared once and used for as long as its connection is open.
///
/// Values are bound and read without GRDB's argument arrays and rows: a batch runs thousands of these. Used by one
/// thread at a time, inside the queue of its connection.
final class BoundStatement {
    /// Owns `handle`.
    private let statement: Statement
    private let handle: OpaquePointer
    private let values = ValueMemory()

    init(_ sql: String, in database: Database) throws {
        statement = try database.makeStatement(sql: sql)
        handle = statement.sqliteStatement
    }

    /// Runs a statement that gives no rows.
    ///
    /// - Returns: how many rows it changed.
    @discardableResult
    func run(_ bind: (inout Bindings) -> Void) throws -> Int {
        try forEachRow(bind, do: { _ in })
        return Int(sqlite3_changes(sqlite3_db_handle(handle)))
    }

    /// Runs a statement and shows each of its rows to `body`.
    func forEachRow(_ bind: (inout Bindings) -> Void, do body: (ResultRow) throws -> Void) throws {
        defer { sqlite3_reset(handle) }
        values.removeAll()
        var bindings = Bindings(handle: handle, memory: values)
        bind(&bindings)
        guard bindings.code == SQLITE_OK else { throw SQLiteFailure(bindings.code, on: nil) }
        while true {
            let code = sqlite3_step(handle)
            switch code {
            case SQLITE_ROW: try body(ResultRow(handle: handle))
            case SQLITE_DONE: return
            default: throw SQLiteFailure(code, on: sqlite3_db_handle(handle))
            }
        }
    }

    /// The first row of a statement, as `read` takes it; `nil` when there is none.
    func first<Value>(
        _ bind: (inout Bindings) -> Void, as read: (ResultRow) throws -> Value
    ) throws -> Value? {
        var first: Value?
        try forEachRow(bind) { row in
            if first == nil { first = try read(row) }
        }
        return first
    }

    /// All rows of a statement, as `read` takes them.
    func all<Value>(
        _ bind: (inout Bindings) -> Void, as read: (ResultRow) throws -> Value
    ) throws -> [Value] {
        var all: [Value] = []
        try forEachRow(bind) { all.append(try read($0)) }
        return all
    }

    /// The row number that the latest `INSERT` of this connection has given.
    var insertedRowNumber: Int64 { sqlite3_last_insert_rowid(sqlite3_db_handle(handle)) }
}

/// The values of a statement, bound from left to right, and copied.
struct Bindings {
    fileprivate let handle: OpaquePointer
    private let memory: ValueMemory
    private var position: Int32 = 0
    fileprivate private(set) var code = SQLITE_OK

    fileprivate init(handle: OpaquePointer, memory: ValueMemory) {
        self.handle = handle
        self.memory = memory
    }

    mutating func add(_ value: Int64?) {
        let next = advance()
        note(value.map { sqlite3_bind_int64(handle, next, $0) } ?? sqlite3_bind_null(handle, next))
    }

    mutating func add(_ value: Int) {
        add(Int64(value))
    }

    mutating func add(_ value: Bool) {
        add(value ? 1 : 0)
    }

    /// Two values: the first and the last.
    mutating func add(_ range: ClosedRange<Int64>) {
        add(range.lowerBound)
        add(range.upperBound)
    }

    mutating func add(_ text: String?) {
        let next = advance()
        guard let text else { return note(sqlite3_bind_null(handle, next)) }
        let code = text.utf8.withContiguousStorageIfAvailable { bind(text: UnsafeRawBufferPointer($0), at: next) }
        if let code { return note(code) }
        note(Array(text.utf8).withUnsafeBytes { bind(text: $0, at: next) })
    }

    mutating func add(_ bytes: [UInt8]) {
        let next = advance()
        // A null pointer would bind NULL.
        guard !bytes.isEmpty else { return note(sqlite3_bind_zeroblob(handle, next, 0)) }
        note(
            bytes.withUnsafeBytes {
                sqlite3_bind_blob(handle, next, memory.copy($0), Int32(clamping: $0.count), nil)
            })
    }

    private func bind(text bytes: UnsafeRawBufferPointer, at position: Int32) -> Int32 {
        guard !bytes.isEmpty else { return sqlite3_bind_text(handle, position, "", 0, nil) }
        let copy = memory.copy(bytes)?.assumingMemoryBound(to: CChar.self)
        return sqlite3_bind_text(handle, position, copy, Int32(clamping: bytes.count), nil)
    }

    private mutating func advance() -> Int32 {
        position += 1
        return position
    }

    private mutating func note(_ code: Int32) {
        if self.code == SQLITE_OK { self.code = code }
    }
}

/// The row that a statement stands on; valid until the next step.
struct ResultRow {
    fileprivate let handle: OpaquePointer

    func integer(_ column: Int32) -> Int64 {
        sqlite3_column_int64(handle, column)
    }

    func optionalInteger(_ column: Int32) -> Int64? {
        isNull(column) ? nil : integer(column)
    }

    func text(_ column: Int32) -> String {
        guard let start = sqlite3_column_text(handle, column) else { return "" }
        let count = Int(sqlite3_column_bytes(handle, column))
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    func optionalText(_ column: Int32) -> String? {
        isNull(column) ? nil : text(column)
    }

    func bytes(_ column: Int32) -> [UInt8] {
        guard let start = sqlite3_column_blob(handle, column) else { return [] }
        return [UInt8](UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))))
    }

    func isNull(_ column: Int32) -> Bool {
        sqlite3_column_type(handle, column) == SQLITE_NULL
    }
}
