import Foundation
import GRDB

/// Rows of the worker's SQLite file, by a connection that only reads.
final class SQLiteRows: RowSource {
    let unsent = """
        SELECT message_id FROM messages WHERE id IN (SELECT id FROM publications WHERE next_at IS NOT NULL)
        """
    let openingCommit = "NULL"
    let publications = "messages AS m JOIN publications AS p ON p.id = m.id"
    private let queue: DatabaseQueue

    init(file: String) throws {
        var configuration = Configuration()
        configuration.readonly = true
        queue = try DatabaseQueue(path: file, configuration: configuration)
    }

    func close() { try? queue.close() }

    func rows(_ sql: String, _ parameters: [Cell]) throws -> [[Cell]] {
        try queue.read { database in
            let statement = try database.cachedStatement(sql: sql)
            let rows = try Row.fetchAll(statement, arguments: StatementArguments(parameters.map(SQLiteRows.value)))
            return rows.map { row in row.databaseValues.map(SQLiteRows.cell) }
        }
    }

    private static func value(_ cell: Cell) -> DatabaseValue {
        switch cell {
        case .null: .null
        case .integer(let integer): integer.databaseValue
        case .text(let text): text.databaseValue
        case .bytes(let bytes): Data(bytes).databaseValue
        }
    }

    private static func cell(_ value: DatabaseValue) -> Cell {
        switch value.storage {
        case .null: .null
        case .int64(let integer): .integer(integer)
        case .double(let number): .text("\(number)")
        case .string(let text): .text(text)
        case .blob(let data): .bytes(Array(data))
        }
    }
}
