import GRDB
import RefundWorker

/// The tables, and how older ones become these. A migration that was ever released is never changed: add another.
enum Schema {
    /// Marks the file as ours (`PRAGMA application_id`): "RFND".
    static let applicationID: Int64 = 0x5246_4E44

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1: cases, events, messages, policies, dead letters") { database in
            try database.execute(sql: casesTable)
            try database.execute(sql: historyTables)
        }
        migrator.registerMigration("2: parked messages") { database in
            try database.execute(sql: parkedTable)
        }
        migrator.registerMigration("3: archived cases") { database in
            try database.execute(sql: archivedTable)
        }
        migrator.registerMigration("4: publications apart from messages") { database in
            try database.execute(sql: publicationsTable)
        }
        migrator.registerMigration("5: deadlines with what they put at stake") { database in
            try database.execute(sql: deadlineIndex)
        }
        migrator.registerMigration("6: words, actions, holds, pauses") { database in
            try database.execute(sql: ContractTwo.publications)
            try database.execute(sql: ContractTwo.memory)
        }
        migrator.registerMigration("7: room for parked messages") { database in
            try database.execute(sql: parkingRoom)
        }
        migrator.registerMigration("8: who sent what a person said") { database in
            try database.execute(sql: Signatures.columns)
        }
        migrator.registerMigration("9: which store it is") { database in
            try database.execute(sql: IdentityTable.creation)
        }
        migrator.registerMigration("10: lines whatever their spelling, and what an invoice comes to") { database in
            try LineIdentities.migrate(database)
        }
        migrator.registerMigration("11: holds that ended without a word") { database in
            try database.execute(sql: EarlierHolds.column)
        }
        return migrator
    }

    /// Marks a new database as ours. Before anything else is written to it, so that a crash leaves nothing that would
    /// be taken for another program's.
    static func claim(_ database: Database) throws {
        try checkIsOursOrNew(database)
        guard try Int64.fetchOne(database, sql: "PRAGMA application_id") != applicationID else { return }
        try database.execute(sql: "PRAGMA application_id = \(applicationID)")
    }

    /// - Throws: `StoreError` `.incompatible` for another program's database, or that of a newer version of this one.
    static func checkIsOursOrNew(_ database: Database) throws {
        let id = try Int64.fetchOne(database, sql: "PRAGMA application_id")
        let objects = try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM sqlite_schema") ?? 0
        guard id == applicationID || (id == 0 && objects == 0) else {
            throw StoreError(
                .incompatible, operation: "open", problem: "the file is another program's SQLite database",
                remedy: "name another file in store.url")
        }
        guard try !migrator.hasBeenSuperseded(database) else {
            throw StoreError(
                .incompatible, operation: "open", problem: "a newer version of this program has written the store",
                remedy: "run that version, or restore a backup from before the upgrade")
        }
    }

    /// - Throws: `StoreError` `.incompatible` for anything but a store of this version.
    static func checkIsCurrent(_ database: Database) throws {
        try checkIsOursOrNew(database)
        guard try migrator.hasCompletedMigrations(database) else {
            throw StoreError(
                .incompatible, operation: "open", problem: "the store is empty or of an older version",
                remedy: "start this version's worker once: it brings the store up to date")
        }
    }

    /// Times are microseconds since 1970 in UTC; amounts are minor units of `currency`.
    ///
    /// `cases_line` holds the rule of one open or settled refund for each invoice line (contract § 3, "The amount"). An
    /// absent subscription is the empty text, which no request can name, because NULLs are never equal.
    private static let casesTable = """
        CREATE TABLE policies (
            id INTEGER PRIMARY KEY,
            text TEXT NOT NULL UNIQUE
        ) STRICT;

        CREATE TABLE cases (
            id INTEGER PRIMARY KEY,
            request_id TEXT NOT NULL UNIQUE,
            status TEXT NOT NULL,
            holds_line INTEGER NOT NULL CHECK (holds_line IN (0, 1)),
            invoice_number TEXT NOT NULL,
            service_id TEXT NOT NULL,
            subscription_id TEXT NOT NULL,
            currency TEXT NOT NULL,
            paid INTEGER NOT NULL,
            refund INTEGER,
            submitted_at INTEGER NOT NULL,
            opened_at INTEGER NOT NULL,
            respond_by INTEGER NOT NULL,
            refund_by INTEGER NOT NULL,
            deadline INTEGER,
            due_at INTEGER,
            policy_id INTEGER NOT NULL,
            traceparent TEXT,
            state TEXT NOT NULL
        ) STRICT;

        CREATE UNIQUE INDEX cases_line ON cases (invoice_number, service_id, subscription_id) WHERE holds_line = 1;
        CREATE INDEX cases_status ON cases (status);
        CREATE INDEX cases_deadline ON cases (deadline) WHERE deadline IS NOT NULL;
        CREATE INDEX cases_due ON cases (due_at) WHERE due_at IS NOT NULL;
        """

    /// `events.id` and `messages.id` are `RowNumber`s.
    private static let historyTables = """
        CREATE TABLE events (
            id INTEGER PRIMARY KEY,
            at INTEGER NOT NULL,
            kind TEXT NOT NULL,
            body BLOB NOT NULL,
            facts TEXT NOT NULL
        ) STRICT;

        CREATE TABLE messages (
            id INTEGER PRIMARY KEY,
            message_id TEXT NOT NULL,
            type TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            attempt INTEGER NOT NULL,
            next_at INTEGER,
            confirmed_at INTEGER,
            last_error TEXT,
            body BLOB NOT NULL
        ) STRICT;

        CREATE INDEX messages_unsent ON messages (next_at) WHERE next_at IS NOT NULL;

        CREATE TABLE dead_letters (
            id INTEGER PRIMARY KEY,
            at INTEGER NOT NULL,
            code TEXT NOT NULL,
            detail TEXT NOT NULL,
            source_queue TEXT NOT NULL,
            message_id TEXT,
            request_id TEXT
        ) STRICT;
        """

    /// AUTOINCREMENT: a number that was once given is not given again, so that a late confirm can't mean another message.
    /// `dead_at` is set once a message is given up, until the broker has its dead letter.
    private static let parkedTable = """
        CREATE TABLE parked (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            request_id TEXT NOT NULL,
            type TEXT NOT NULL,
            source_queue TEXT NOT NULL,
            message_id TEXT,
            traceparent TEXT,
            body BLOB NOT NULL,
            envelope BLOB NOT NULL,
            parked_at INTEGER NOT NULL,
            attempts INTEGER NOT NULL,
            code TEXT NOT NULL,
            detail TEXT NOT NULL,
            dead_at INTEGER,
            next_at INTEGER NOT NULL
        ) STRICT;

        CREATE INDEX parked_due ON parked (next_at);
        CREATE INDEX parked_request ON parked (request_id);
        """

    /// How much is parked is summed up from an index alone; what waits for one request is found apart from what was given up.
    private static let parkingRoom = """
        ALTER TABLE parked ADD COLUMN size INTEGER GENERATED ALWAYS AS (length(body) + length(envelope)) VIRTUAL;
        CREATE INDEX parked_live ON parked (id, size) WHERE dead_at IS NULL;
        DROP INDEX parked_request;
        CREATE INDEX parked_request ON parked (request_id, dead_at);
        """

    /// The line's columns are NULL unless the case was settled, and so holds the line for good.
    private static let archivedTable = """
        CREATE TABLE archived (
            request_id TEXT PRIMARY KEY,
            content_digest BLOB NOT NULL,
            status TEXT NOT NULL,
            archived_at INTEGER NOT NULL,
            invoice_number TEXT,
            service_id TEXT,
            subscription_id TEXT
        ) STRICT, WITHOUT ROWID;

        CREATE UNIQUE INDEX archived_line ON archived (invoice_number, service_id, subscription_id)
        WHERE invoice_number IS NOT NULL;
        """

    /// What changes about a message lies apart from its body, so that a confirm writes some thirty bytes and not all of the
    /// message again. A row of `publications` has its message's number, and leaves with it; `next_at` is when the
    /// publication is due, and NULL once the broker has confirmed it.
    private static let publicationsTable = """
        CREATE TABLE publications (
            id INTEGER PRIMARY KEY,
            attempt INTEGER NOT NULL,
            next_at INTEGER,
            confirmed_at INTEGER,
            last_error TEXT
        ) STRICT;

        INSERT INTO publications (id, attempt, next_at, confirmed_at, last_error)
        SELECT id, attempt, next_at, confirmed_at, last_error FROM messages ORDER BY id;

        CREATE TABLE messages_alone (
            id INTEGER PRIMARY KEY,
            message_id TEXT NOT NULL,
            type TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            body BLOB NOT NULL
        ) STRICT;

        INSERT INTO messages_alone (id, message_id, type, created_at, body)
        SELECT id, message_id, type, created_at, body FROM messages ORDER BY id;

        DROP TABLE messages;
        ALTER TABLE messages_alone RENAME TO messages;

        CREATE INDEX publications_due ON publications (next_at) WHERE next_at IS NOT NULL;

        CREATE TRIGGER messages_leave AFTER DELETE ON messages BEGIN
            DELETE FROM publications WHERE id = old.id;
        END;
        """

    /// The picture of deadlines sums up what each day puts at stake from this index alone: reading the row of each open
    /// case took 0.9 s for 200,000 of them.
    private static let deadlineIndex = """
        DROP INDEX cases_deadline;
        CREATE INDEX cases_deadline ON cases (deadline, id, respond_by, refund_by, currency, refund, paid)
            WHERE deadline IS NOT NULL;
        """
}
