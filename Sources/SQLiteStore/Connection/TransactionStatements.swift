import GRDB

/// Begins and ends transactions by statements that are prepared once: GRDB's own calls parse theirs each time.
final class TransactionStatements {
    private let beginning: BoundStatement
    private let committing: BoundStatement

    init(_ database: Database) throws {
        beginning = try BoundStatement("BEGIN IMMEDIATE TRANSACTION", in: database)
        committing = try BoundStatement("COMMIT TRANSACTION", in: database)
    }

    func begin() throws { try beginning.run { _ in } }
    func commit() throws { try committing.run { _ in } }
}
