import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker

/// The outbox: messages that were committed, and what became of their publication.
enum MessageRows {
    static let statements = [insert, resend, takeBack, confirm, fail, claim, reject, load]

    private static let insert = Statement(
        "message_insert",
        """
        INSERT INTO messages (id, message_id, type, created_at, attempt, next_at, body)
        SELECT id, message_id, type, created_at, 1, $5::bigint, body
        FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $6::bytea[])
            AS n (id, message_id, type, created_at, body)
        """)

    private static let resend = Statement(
        "message_resend",
        """
        WITH changed AS (
            UPDATE messages AS m SET next_at = $3::bigint, attempt = n.attempt, confirmed_at = NULL, last_error = NULL
            FROM unnest($1::bigint[], $2::bigint[]) AS n (id, attempt) WHERE m.id = n.id RETURNING 1
        ) SELECT expect_rows(count(*), $4::bigint) FROM changed
        """)

    /// What is told late of an earlier sending says nothing about this one.
    private static let confirm = Statement(
        "message_confirm",
        """
        UPDATE messages AS m SET confirmed_at = n.at, next_at = NULL, last_error = NULL
        FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS n (id, attempt, at)
        WHERE m.id = n.id AND m.attempt = n.attempt
        """)

    /// What the broker has taken stays taken, whatever is told of the same sending once more; what was taken back stays with
    /// us (it is neither confirmed nor due).
    private static let fail = Statement(
        "message_fail",
        """
        UPDATE messages AS m SET next_at = n.next_at, last_error = n.reason
        FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[]) AS n (id, attempt, next_at, reason)
        WHERE m.id = n.id AND m.attempt = n.attempt AND m.confirmed_at IS NULL AND m.next_at IS NOT NULL
        """)

    private static let takeBack = Statement(
        "message_take_back",
        """
        UPDATE messages SET next_at = NULL, last_error = $2 WHERE id = ANY($1::bigint[]) AND confirmed_at IS NULL
        """)

    /// Those that another worker is just taking are passed over.
    private static let claim = Statement(
        "message_claim",
        """
        WITH due AS (
            SELECT id, next_at FROM messages WHERE next_at <= $1::bigint
            ORDER BY next_at, id LIMIT $2::bigint FOR UPDATE SKIP LOCKED
        ), taken AS (
            UPDATE messages AS m SET next_at = $3::bigint FROM due WHERE m.id = due.id
            RETURNING m.*, due.next_at AS was_due
        ) SELECT t.id, t.message_id, t.type, t.created_at, t.attempt, t.body, t.confirmed_at, t.last_error,
            c.request_id, c.traceparent, c.submitted_at
        FROM taken AS t JOIN cases AS c ON c.id = t.id >> \(RowNumber.placeBits) ORDER BY t.was_due, t.id
        """)

    private static let reject = Statement(
        "message_reject",
        """
        UPDATE messages AS m SET last_error = n.reason FROM unnest($1::bigint[], $2::text[]) AS n (id, reason)
        WHERE m.id = n.id
        """)

    /// Of each case in its order; bodies only of what may have to go out, and nothing of what was taken back.
    ///
    /// Looked up case by case: as a join by a range the planner reads the whole of a large table for each batch, since it
    /// takes each range for a good part of it. `OFFSET 0` keeps it from making the join out of it again.
    private static let load = Statement(
        "message_load",
        """
        SELECT m.id, m.message_id, m.type, m.created_at, m.attempt,
            CASE WHEN m.confirmed_at IS NULL THEN m.body END, m.confirmed_at, m.last_error
        FROM unnest($1::bigint[]) AS n (id) CROSS JOIN LATERAL (
            SELECT * FROM messages
            WHERE id BETWEEN n.id << \(RowNumber.placeBits) AND (n.id + 1 << \(RowNumber.placeBits)) - 1 OFFSET 0
        ) AS m WHERE m.confirmed_at IS NOT NULL OR m.next_at IS NOT NULL ORDER BY m.id
        """)

    /// A new message and its place.
    struct Row {
        var number: Int64
        var message: NewMessage
    }

    /// An earlier message once more, and its place.
    struct Resent {
        var number: Int64
        var attempt: Int
    }

    static func commands(appending rows: [Row], resending resent: [Resent], at now: Instant) -> [Command] {
        var commands: [Command] = []
        if !rows.isEmpty {
            commands.append(
                .run(insert) { values in
                    values.add(.bigint, rows) { $1.add($0.number) }
                    values.add(.text, rows) { $1.add($0.message.encoded.id) }
                    values.add(.text, rows) { $1.add($0.message.encoded.type.rawValue) }
                    values.add(.bigint, rows) { $1.add($0.message.createdAt) }
                    values.add(now + OutboxMessage.publisherHeadStart)
                    values.add(.bytes, rows) { $1.add($0.message.encoded.body) }
                })
        }
        if !resent.isEmpty {
            let rows = resent.sorted { $0.number < $1.number }
            commands.append(
                .run(resend) { values in
                    values.add(.bigint, rows) { $1.add($0.number) }
                    values.add(.bigint, rows) { $1.add($0.attempt) }
                    values.add(now)
                    values.add(rows.count)
                })
        }
        return commands
    }

    /// Lets messages go out no more, unless the broker has them already.
    static func command(takingBack numbers: [Int64]) -> Command? {
        guard !numbers.isEmpty else { return nil }
        return .run(takeBack) { values in
            values.add(.bigint, numbers) { $1.add($0) }
            values.add(CaseChange.takenBackReason)
        }
    }

    static func command(loadingOf cases: [CaseID]) -> Command {
        .run(load) { $0.add(.bigint, cases) { $1.add($0.number) } }
    }

    static func command(claiming limit: Int, at now: Instant, lease: Duration) -> Command {
        .run(claim) { values in
            values.add(now)
            values.add(max(0, limit))
            values.add(now + lease)
        }
    }

    /// Notes why messages can't be sent by this version; they are looked at again after the lease.
    static func command(rejecting unreadable: [(number: Int64, problem: String)]) -> Command {
        .run(reject) { values in
            values.add(.bigint, unreadable) { $1.add($0.number) }
            values.add(.text, unreadable) { $1.add($0.problem) }
        }
    }

    /// What became of sendings of messages.
    static func commands(recording publications: [PublicationRecord]) throws(StoreError) -> [Command] {
        var confirmed: [Recorded] = []
        var failed: [Recorded] = []
        for publication in publications {
            guard case .message(let key, let attempt) = publication.key else { continue }
            let number = try RowNumber.of(key.ordinal.number, in: key.caseID)
            switch publication.result {
            case .confirmed:
                confirmed.append(Recorded(number: number, attempt: attempt, at: publication.at, reason: nil))
            case .failed(let reason, let nextAttemptAt):
                failed.append(Recorded(number: number, attempt: attempt, at: nextAttemptAt, reason: reason))
            }
        }
        var commands: [Command] = []
        if !failed.isEmpty {
            let rows = Recorded.inOrder(failed)
            commands.append(
                .run(fail) { values in
                    values.addPlaces(of: rows)
                    values.add(.text, rows) { $1.add($0.reason) }
                })
        }
        if !confirmed.isEmpty {
            let rows = Recorded.inOrder(confirmed)
            commands.append(.run(confirm) { $0.addPlaces(of: rows) })
        }
        return commands
    }

    fileprivate struct Recorded {
        var number: Int64
        var attempt: Int
        var at: Instant
        var reason: String?

        /// Rows are locked in the order of their numbers; of one that is told of twice, the later word counts.
        static func inOrder(_ recorded: [Recorded]) -> [Recorded] {
            var latest: [Int64: Recorded] = [:]
            for record in recorded { latest[record.number] = record }
            return latest.values.sorted { $0.number < $1.number }
        }
    }
}

extension Parameters {
    fileprivate mutating func addPlaces(of rows: [MessageRows.Recorded]) {
        add(.bigint, rows) { $1.add($0.number) }
        add(.bigint, rows) { $1.add($0.attempt) }
        add(.bigint, rows) { $1.add($0.at) }
    }
}
