/// What the second version of the contract adds to the tables (migration 3).
enum ContractTwo {
    static let statements = [
        messages, holds, messagesOpen, messagesDecided, words, actions, pauses, cases, casesPaid, expectUnheld,
    ]

    /// `held_until` is how long a worker may have the message in its memory, by the wall clock; NULL once that worker has told
    /// what became of it. `maybe_out` is set when a hold has ended without a word: the broker may have the message all the
    /// same. `confirmed_at` is of the latest sending that the broker has confirmed: a message that is sent again keeps it, and is
    /// due. A payout that a pause holds back is due at the end of time (`MessageRows.heldBack`): no claim comes by it, and a
    /// resumption finds all of them by the index of what is due.
    private static let messages = """
        ALTER TABLE messages ADD COLUMN held_until bigint, ADD COLUMN maybe_out boolean NOT NULL DEFAULT false
        """

    /// Workers of the version before may have these, each until it would be anyone's again.
    private static let holds = """
        UPDATE messages SET held_until = next_at, maybe_out = true,
            confirmed_at = CASE WHEN attempt > 1 THEN created_at END
        WHERE next_at IS NOT NULL
        """

    /// What is still open of a case, and its decisions, have an index each, so that loading a case costs the same however
    /// many messages it has sent.
    private static let messagesOpen =
        "CREATE INDEX messages_open ON messages (id) WHERE next_at IS NOT NULL OR held_until IS NOT NULL"

    private static let messagesDecided = "CREATE INDEX messages_decided ON messages (id) WHERE type = 'notice.decided'"

    /// What other systems have said of a case; it leaves with the case.
    private static let words = """
        CREATE TABLE words (case_id bigint NOT NULL, digest bytea NOT NULL, PRIMARY KEY (case_id, digest))
        """

    /// What people have done, for ever.
    private static let actions = """
        CREATE TABLE actions (
            action_id text COLLATE "C" PRIMARY KEY,
            at bigint NOT NULL,
            request_id text COLLATE "C",
            kind text COLLATE "C" NOT NULL,
            by text NOT NULL,
            refusal_code text COLLATE "C",
            refusal_detail text
        )
        """

    /// Each pause of the payouts, the latest of which counts; `alert_hour` is the latest hour in which a pause was called
    /// out, since 1970, and is handed on from pause to pause.
    private static let pauses = """
        CREATE TABLE pauses (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            action_id text COLLATE "C" NOT NULL UNIQUE,
            at bigint NOT NULL,
            by text NOT NULL,
            note text NOT NULL,
            alert_hour bigint,
            lifted_action_id text COLLATE "C",
            lifted_at bigint,
            lifted_by text,
            lifted_note text
        )
        """

    /// A case that is over and was paid all the same does not hold its line, but counts there.
    private static let cases = "ALTER TABLE cases ADD COLUMN paid_after_end boolean NOT NULL DEFAULT false"

    private static let casesPaid = """
        CREATE INDEX cases_paid_after_end ON cases (invoice_number, service_id, subscription_id) WHERE paid_after_end
        """

    /// Ends the transaction when another worker has taken a message that was to be taken back: it is decided again.
    private static let expectUnheld = """
        CREATE FUNCTION expect_unheld(changed bigint, expected bigint) RETURNS void LANGUAGE plpgsql AS $$
        BEGIN
            IF changed <> expected THEN
                RAISE EXCEPTION 'a message is held' USING ERRCODE = 'RW002';
            END IF;
        END
        $$
        """
}
