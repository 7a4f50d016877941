import CPostgreSQL
import Glibc

/// Rows of the PostgreSQL store, by a plain libpq connection of the auditor's own.
final class PostgresRows: RowSource {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let unsent = "SELECT message_id FROM messages WHERE next_at IS NOT NULL"
    let publications = "messages AS m JOIN messages AS p ON p.id = m.id"
    /// A case's first event is written with it and never again. The drill's server keeps the times of commits.
    let openingCommit = """
        (SELECT (extract(epoch FROM pg_xact_commit_timestamp(e.xmin)) * 1000000)::bigint
        FROM events AS e WHERE e.id = c.id << 16)
        """
    private static let settings = [
        // The schema that the store makes for itself; a question that hangs is asked again.
        "SET search_path = refund_worker, public",
        "SET statement_timeout = '20s'",
        // As the workers have it: no plan may depend on statistics that a new table lacks.
        "SET enable_seqscan = off",
    ]
    private let url: String
    private var connection: OpaquePointer?

    /// - Parameter url: as the workers have it.
    init(url: String) {
        self.url = url
    }

    deinit { close() }

    func close() {
        PQfinish(connection)
        connection = nil
    }

    func rows(_ sql: String, _ parameters: [Cell]) throws -> [[Cell]] {
        let connection = try open()
        let texts = parameters.map(PostgresRows.text)
        let values = texts.map { UnsafePointer(strdup($0)) as UnsafePointer<CChar>? }
        defer { for value in values { free(UnsafeMutablePointer(mutating: value)) } }
        let result = PQexecParams(connection, sql, Int32(values.count), nil, values, nil, nil, 0)
        defer { PQclear(result) }
        guard PQresultStatus(result) == PGRES_TUPLES_OK else {
            let failure = Failure(description: String(cString: PQerrorMessage(connection)))
            if PQstatus(connection) != CONNECTION_OK { close() }
            throw failure
        }
        return (0..<PQntuples(result)).map { row in
            (0..<PQnfields(result)).map { column in PostgresRows.cell(result, row, column) }
        }
    }

    private func open() throws -> OpaquePointer {
        if let connection { return connection }
        let opened = PQconnectdb(url)
        guard PQstatus(opened) == CONNECTION_OK, let opened else {
            defer { PQfinish(opened) }
            throw Failure(description: String(cString: PQerrorMessage(opened)))
        }
        for setting in PostgresRows.settings {
            let result = PQexec(opened, setting)
            defer { PQclear(result) }
            guard PQresultStatus(result) == PGRES_COMMAND_OK else {
                defer { PQfinish(opened) }
                throw Failure(description: "\(setting): " + String(cString: PQerrorMessage(opened)))
            }
        }
        connection = opened
        return opened
    }

    private static func text(_ cell: Cell) -> String {
        switch cell {
        case .null: ""
        case .integer(let integer): String(integer)
        case .text(let text): text
        case .bytes(let bytes):
            "\\x" + bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
    }

    /// By the type's number in the system catalogue (`pg_type.dat`).
    private static func cell(_ result: OpaquePointer?, _ row: Int32, _ column: Int32) -> Cell {
        guard PQgetisnull(result, row, column) == 0, let value = PQgetvalue(result, row, column) else { return .null }
        switch PQftype(result, column) {
        case 20, 21, 23: return .integer(Int64(String(cString: value)) ?? 0)
        case 17:
            var count = 0
            guard let bytes = PQunescapeBytea(UnsafeRawPointer(value).assumingMemoryBound(to: UInt8.self), &count)
            else {
                return .null
            }
            defer { PQfreemem(bytes) }
            return .bytes(Array(UnsafeBufferPointer(start: bytes, count: count)))
        default: return .text(String(cString: value))
        }
    }
}
