import RefundPolicy
import RefundWorker

/// Lines whatever their spelling, and what an invoice comes to (migrations 8 and 9; contract § 3, "The line").
///
/// The parts of a line's identity stand beside its spelling. `cases_identity` keeps a second case off a line however it is
/// spelled, but for one of which a person has said that it is another (`own_line`); `cases_line`, which was there before,
/// keeps it off its very spelling, whatever was said. `invoices_total` keeps what is granted within the invoice's total, and
/// `expect_requests` whoever decides on an invoice from doing so without the requests that others have opened meanwhile.
///
/// `proof` stands for the proof of payment; NULL where there is none, and for what was kept before.
enum LineIdentities {
    /// Migration 8. What holds no line any more is what has ended with nothing paid.
    static let columns =
        [
            """
            ALTER TABLE cases ADD COLUMN invoice_key text COLLATE "C", ADD COLUMN service_key text COLLATE "C",
                ADD COLUMN subscription_key text COLLATE "C", ADD COLUMN own_line boolean NOT NULL DEFAULT false,
                ADD COLUMN total bigint, ADD COLUMN total_currency text COLLATE "C", ADD COLUMN proof bigint
            """,
            """
            ALTER TABLE archived ADD COLUMN invoice_key text COLLATE "C", ADD COLUMN service_key text COLLATE "C",
                ADD COLUMN subscription_key text COLLATE "C", ADD COLUMN has_paid_nothing boolean NOT NULL DEFAULT false,
                ADD COLUMN paid bigint, ADD COLUMN currency text COLLATE "C",
                ADD COLUMN total bigint, ADD COLUMN total_currency text COLLATE "C", ADD COLUMN proof bigint
            """,
            """
            CREATE TABLE invoices (
                invoice_key text COLLATE "C" PRIMARY KEY,
                requests bigint NOT NULL,
                currency text COLLATE "C" NOT NULL,
                granted bigint NOT NULL,
                paid_after_end bigint NOT NULL,
                total bigint,
                CONSTRAINT invoices_total CHECK (granted <= total)
            ) WITH (fillfactor = 80)
            """,
            "UPDATE cases SET \(plainKeys) WHERE \(arePlain)",
            "UPDATE archived SET \(plainKeys) WHERE invoice_number IS NOT NULL AND \(arePlain)",
            "UPDATE cases SET holds_line = false WHERE status = 'settled' AND refund = 0",
            "CREATE INDEX cases_unfolded ON cases (id) WHERE invoice_key IS NULL",
            "CREATE INDEX archived_unfolded ON archived (request_id) WHERE invoice_key IS NULL AND invoice_number IS NOT NULL",
        ] + olderWorkers + [expectRequests]

    /// Migration 9, once every row has its identity. Where two cases hold one line in two spellings already, both were paid
    /// for; the later ones stand as lines of their own.
    static let constraints = [
        """
        UPDATE cases SET own_line = true WHERE id IN (
            SELECT id FROM (
                SELECT id, row_number() OVER (
                    PARTITION BY invoice_key, service_key, subscription_key ORDER BY id
                ) AS place FROM cases WHERE holds_line
            ) AS holding WHERE place > 1
        )
        """,
        """
        CREATE UNIQUE INDEX cases_identity ON cases (invoice_key, service_key, subscription_key)
        WHERE holds_line AND NOT own_line
        """,
        "CREATE INDEX cases_invoice ON cases (invoice_key, (\(LineRows.isOver)), id)",
        "CREATE INDEX cases_proof ON cases (proof, invoice_key) WHERE proof IS NOT NULL",
        "DROP INDEX archived_line",
        "CREATE INDEX archived_line ON archived (invoice_number, service_id, subscription_id) WHERE invoice_number IS NOT NULL",
        "CREATE INDEX archived_invoice ON archived (invoice_key) WHERE invoice_key IS NOT NULL",
        "CREATE INDEX archived_proof ON archived (proof, invoice_key) WHERE proof IS NOT NULL",
        """
        INSERT INTO invoices (invoice_key, requests, currency, granted, paid_after_end)
        SELECT invoice_key, count(*), min(currency),
            LEAST(COALESCE(sum(refund) FILTER (WHERE holds_line), 0), 9223372036854775807)::bigint,
            LEAST(COALESCE(sum(refund) FILTER (WHERE paid_after_end), 0), 9223372036854775807)::bigint
        FROM cases GROUP BY invoice_key
        """,
    ]

    /// What spellings of ASCII's visible characters have in common is what they are in small letters.
    private static let plainKeys = """
        invoice_key = lower(invoice_number COLLATE "C"), service_key = lower(service_id COLLATE "C"),
        subscription_key = lower(subscription_id COLLATE "C")
        """

    private static let arePlain = """
        (invoice_number || service_id || subscription_id) COLLATE "C" ~ '^[!-~]*$'
        """

    /// Workers of the version before write no identities: until the last of them is gone their lines have those that the
    /// database can tell.
    private static let olderWorkers = [
        """
        CREATE FUNCTION fold_line() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            NEW.invoice_key := lower(NEW.invoice_number COLLATE "C");
            NEW.service_key := lower(NEW.service_id COLLATE "C");
            NEW.subscription_key := lower(NEW.subscription_id COLLATE "C");
            RETURN NEW;
        END
        $$
        """,
        """
        CREATE TRIGGER cases_fold BEFORE INSERT ON cases FOR EACH ROW WHEN (NEW.invoice_key IS NULL)
        EXECUTE FUNCTION fold_line()
        """,
        """
        CREATE TRIGGER archived_fold BEFORE INSERT ON archived FOR EACH ROW
        WHEN (NEW.invoice_key IS NULL AND NEW.invoice_number IS NOT NULL) EXECUTE FUNCTION fold_line()
        """,
    ]

    /// Ends the transaction when others have opened requests about an invoice since it was looked at: it is decided again.
    private static let expectRequests = """
        CREATE FUNCTION expect_requests(missed bigint) RETURNS void LANGUAGE plpgsql AS $$
        BEGIN
            IF missed > 0 THEN
                RAISE EXCEPTION 'an invoice has more requests' USING ERRCODE = 'RW003';
            END IF;
        END
        $$
        """

    /// Between both migrations: the identities of what the database can't tell, some at a time, so that an interruption
    /// costs little.
    static func foldRest(on session: Session) throws(StoreError) {
        do throws(PostgresFailure) {
            for table in [("cases", "id::text"), ("archived", "request_id")] {
                while try foldSome(of: table.0, by: table.1, on: session.connection) {}
            }
            for index in ["cases_unfolded", "archived_unfolded"] {
                _ = try session.connection.exchange(
                    .run("DROP INDEX IF EXISTS \(index)"), within: AdvisoryLock.patience)
            }
        } catch {
            throw StoreError(error, during: "migrate to version 9")
        }
    }

    /// - Returns: `false` when none is left.
    private static func foldSome(
        of table: String, by key: String, on connection: Connection
    ) throws(PostgresFailure) -> Bool {
        let rows = try connection.exchange(
            .run(
                """
                SELECT \(key), invoice_number, service_id, subscription_id FROM \(table)
                WHERE invoice_key IS NULL AND invoice_number IS NOT NULL LIMIT 1000
                """), within: AdvisoryLock.patience
        ).map { row in (key: row.text(0), parts: [row.text(1), row.text(2), row.text(3)].map(SpelledText.identity)) }
        guard !rows.isEmpty else { return false }
        let update = """
            UPDATE \(table) AS t SET invoice_key = n.invoice, service_key = n.service, subscription_key = n.subscription
            FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS n (key, invoice, service, subscription)
            WHERE t.\(key) = n.key
            """
        _ = try connection.exchange(
            .run(update) { values in
                values.add(.text, rows) { $1.add($0.key) }
                for part in 0..<3 { values.add(.text, rows) { $1.add($0.parts[part]) } }
            }, within: AdvisoryLock.patience)
        return true
    }
}
