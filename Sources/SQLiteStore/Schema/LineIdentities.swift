import GRDB
import RefundPolicy

/// Lines whatever their spelling, and what an invoice comes to (migration 10; contract § 3, "The line").
enum LineIdentities {
    /// The parts of a line's identity stand beside its spelling. `cases_identity` keeps a second case off a line however it is
    /// spelled, but for one of which a person has said that it is another (`own_line`); `cases_line`, which was there before,
    /// keeps it off its very spelling, whatever was said. `invoices_total` keeps what is granted within the invoice's total.
    ///
    /// `proof` stands for the proof of payment; NULL where there is none, and for what was kept before.
    static func migrate(_ database: Database) throws {
        database.add(
            function: DatabaseFunction("refund_identity", argumentCount: 1, pure: true) { values in
                String.fromDatabaseValue(values[0]).map { SpelledText.identity(of: $0) }
            })
        try database.execute(sql: columns)
        try database.execute(sql: contents)
        try database.execute(sql: constraints)
    }

    private static let columns = """
        ALTER TABLE cases ADD COLUMN invoice_key TEXT NOT NULL DEFAULT '';
        ALTER TABLE cases ADD COLUMN service_key TEXT NOT NULL DEFAULT '';
        ALTER TABLE cases ADD COLUMN subscription_key TEXT NOT NULL DEFAULT '';
        ALTER TABLE cases ADD COLUMN own_line INTEGER NOT NULL DEFAULT 0 CHECK (own_line IN (0, 1));
        ALTER TABLE cases ADD COLUMN total INTEGER;
        ALTER TABLE cases ADD COLUMN total_currency TEXT;
        ALTER TABLE cases ADD COLUMN proof INTEGER;

        ALTER TABLE archived ADD COLUMN invoice_key TEXT;
        ALTER TABLE archived ADD COLUMN service_key TEXT;
        ALTER TABLE archived ADD COLUMN subscription_key TEXT;
        ALTER TABLE archived ADD COLUMN has_paid_nothing INTEGER NOT NULL DEFAULT 0 CHECK (has_paid_nothing IN (0, 1));
        ALTER TABLE archived ADD COLUMN paid INTEGER;
        ALTER TABLE archived ADD COLUMN currency TEXT;
        ALTER TABLE archived ADD COLUMN total INTEGER;
        ALTER TABLE archived ADD COLUMN total_currency TEXT;
        ALTER TABLE archived ADD COLUMN proof INTEGER;

        CREATE TABLE invoices (
            invoice_key TEXT PRIMARY KEY,
            requests INTEGER NOT NULL,
            currency TEXT NOT NULL,
            granted INTEGER NOT NULL,
            paid_after_end INTEGER NOT NULL,
            total INTEGER,
            CONSTRAINT invoices_total CHECK (granted <= total)
        ) STRICT, WITHOUT ROWID;
        """

    /// What has ended with nothing paid holds no line any more. Where two cases hold one line in two spellings already, both
    /// were paid for; the later ones stand as lines of their own.
    private static let contents = """
        UPDATE cases SET invoice_key = refund_identity(invoice_number), service_key = refund_identity(service_id),
            subscription_key = refund_identity(subscription_id);
        UPDATE cases SET holds_line = 0 WHERE status = 'settled' AND refund = 0;
        UPDATE cases SET own_line = 1 WHERE id IN (
            SELECT id FROM (
                SELECT id, row_number() OVER (
                    PARTITION BY invoice_key, service_key, subscription_key ORDER BY id
                ) AS place FROM cases WHERE holds_line = 1
            ) WHERE place > 1
        );
        UPDATE archived SET invoice_key = refund_identity(invoice_number), service_key = refund_identity(service_id),
            subscription_key = refund_identity(subscription_id) WHERE invoice_number IS NOT NULL;
        INSERT INTO invoices (invoice_key, requests, currency, granted, paid_after_end)
        SELECT invoice_key, COUNT(*), MIN(currency),
            CAST(TOTAL(IIF(holds_line = 1, COALESCE(refund, 0), 0)) AS INTEGER),
            CAST(TOTAL(IIF(paid_after_end = 1, COALESCE(refund, 0), 0)) AS INTEGER)
        FROM cases GROUP BY invoice_key;
        """

    /// What means nothing to others comes last in `cases_invoice` (`LineTable`).
    private static let constraints = """
        CREATE UNIQUE INDEX cases_identity ON cases (invoice_key, service_key, subscription_key)
            WHERE holds_line = 1 AND own_line = 0;
        CREATE INDEX cases_invoice ON cases (invoice_key, (\(LineTable.isOver)), id);
        CREATE INDEX cases_proof ON cases (proof, invoice_key) WHERE proof IS NOT NULL;
        DROP INDEX cases_paid_after_end;
        DROP INDEX archived_line;
        CREATE INDEX archived_invoice ON archived (invoice_key) WHERE invoice_key IS NOT NULL;
        CREATE INDEX archived_proof ON archived (proof, invoice_key) WHERE proof IS NOT NULL;
        """
}
