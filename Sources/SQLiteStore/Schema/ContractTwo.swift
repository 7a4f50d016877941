/// What the second version of the contract adds to the tables (migration 6).
enum ContractTwo {
    /// `held_until` is how long a worker may have the message in its memory, by the wall clock; NULL once that worker has told
    /// what became of it. `maybe_out` is set when a hold has ended without a word: the broker may have the message all the
    /// same. `confirmed_at` is of the latest sending that the broker has confirmed: a message that is sent again keeps it, and is
    /// due. A payout that a pause holds back is due at the end of time (`PublicationTable.heldBack`): no claim comes by it,
    /// and a resumption finds all of them by the index of what is due.
    ///
    /// What is still open of a case, and its decisions, have an index each, so that loading a case costs the same however
    /// many messages it has sent.
    static let publications = """
        ALTER TABLE publications ADD COLUMN held_until INTEGER;
        ALTER TABLE publications ADD COLUMN maybe_out INTEGER NOT NULL DEFAULT 0 CHECK (maybe_out IN (0, 1));

        UPDATE publications SET maybe_out = 1, confirmed_at = CASE WHEN attempt > 1 THEN (
            SELECT created_at FROM messages WHERE messages.id = publications.id
        ) END WHERE next_at IS NOT NULL;

        CREATE INDEX publications_open ON publications (id) WHERE next_at IS NOT NULL OR held_until IS NOT NULL;
        CREATE INDEX messages_decided ON messages (id) WHERE type = 'notice.decided';
        """

    /// `words` holds what other systems have said of a case; it leaves with the case. `actions` holds what people have done,
    /// for ever. `pauses` holds each pause of the payouts, the latest of which counts; `alert_hour` is the latest hour in
    /// which a pause was called out, since 1970, and is handed on from pause to pause.
    ///
    /// A case that is over and was paid all the same does not hold its line, but counts there (`cases_paid_after_end`).
    static let memory = """
        CREATE TABLE words (
            case_id INTEGER NOT NULL,
            digest BLOB NOT NULL,
            PRIMARY KEY (case_id, digest)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE actions (
            action_id TEXT PRIMARY KEY,
            at INTEGER NOT NULL,
            request_id TEXT,
            kind TEXT NOT NULL,
            by TEXT NOT NULL,
            refusal_code TEXT,
            refusal_detail TEXT
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE pauses (
            id INTEGER PRIMARY KEY,
            action_id TEXT NOT NULL UNIQUE,
            at INTEGER NOT NULL,
            by TEXT NOT NULL,
            note TEXT NOT NULL,
            alert_hour INTEGER,
            lifted_action_id TEXT,
            lifted_at INTEGER,
            lifted_by TEXT,
            lifted_note TEXT
        ) STRICT;

        ALTER TABLE cases ADD COLUMN paid_after_end INTEGER NOT NULL DEFAULT 0 CHECK (paid_after_end IN (0, 1));

        CREATE INDEX cases_paid_after_end ON cases (invoice_number, service_id, subscription_id)
            WHERE paid_after_end = 1;
        """
}
