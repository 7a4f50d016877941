import GRDB
import RefundWorker

/// Which store it is (migration 9): made with the tables, once, and never changed.
enum IdentityTable {
    static let creation = """
        CREATE TABLE store_identity (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            identity TEXT NOT NULL
        ) STRICT;

        INSERT INTO store_identity VALUES (1, lower(hex(randomblob(16))));
        """

    static let query = "SELECT identity FROM store_identity"

    /// `nil` where the table is not there yet.
    static func read(_ database: Database) throws -> StoreIdentity? {
        guard try database.tableExists("store_identity") else { return nil }
        return try String.fetchOne(database, sql: query).flatMap { StoreIdentity($0) }
    }
}
