import CPostgreSQL
import RefundPolicy

/// What a statement gave: its rows, in binary form, or how many it changed.
final class QueryResult {
    private let handle: OpaquePointer

    /// Takes the result over, and frees it in the end.
    init(_ handle: OpaquePointer) {
        self.handle = handle
    }

    deinit {
        PQclear(handle)
    }

    var count: Int { Int(PQntuples(handle)) }

    /// All rows, as `read` takes them.
    func map<Value>(_ read: (ResultRow) throws -> Value) rethrows -> [Value] {
        try (0..<PQntuples(handle)).map { try read(ResultRow(handle: handle, row: $0)) }
    }

    /// All rows, from the first.
    var rows: some Sequence<ResultRow> {
        (0..<PQntuples(handle)).lazy.map { [self] in ResultRow(handle: handle, row: $0) }
    }

    func first<Value>(_ read: (ResultRow) throws -> Value) rethrows -> Value? {
        guard PQntuples(handle) > 0 else { return nil }
        return try read(ResultRow(handle: handle, row: 0))
    }
}

/// One row of a result; valid as long as the result. Every number is selected as `bigint`.
struct ResultRow {
    fileprivate let handle: OpaquePointer
    fileprivate let row: Int32

    func integer(_ column: Int32) -> Int64 {
        let value = bytes(at: column)
        guard value.count == 8 else { return 0 }
        return Int64(bigEndian: value.loadUnaligned(as: Int64.self))
    }

    func optionalInteger(_ column: Int32) -> Int64? {
        isNull(column) ? nil : integer(column)
    }

    func instant(_ column: Int32) -> Instant {
        Instant(microsecondsSinceEpoch: integer(column))
    }

    func optionalInstant(_ column: Int32) -> Instant? {
        isNull(column) ? nil : instant(column)
    }

    func boolean(_ column: Int32) -> Bool {
        bytes(at: column).first == 1
    }

    func text(_ column: Int32) -> String {
        String(decoding: bytes(at: column), as: UTF8.self)
    }

    func optionalText(_ column: Int32) -> String? {
        isNull(column) ? nil : text(column)
    }

    func bytes(_ column: Int32) -> [UInt8] {
        [UInt8](bytes(at: column))
    }

    func isNull(_ column: Int32) -> Bool {
        PQgetisnull(handle, row, column) == 1
    }

    private func bytes(at column: Int32) -> UnsafeRawBufferPointer {
        guard let start = PQgetvalue(handle, row, column) else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        return UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(handle, row, column)))
    }
}
