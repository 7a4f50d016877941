import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker

/// The outbox: messages that were committed, and what became of their publication.
enum MessageRows {
    static let statements = [
        insert, insertOfFleet, resend, takeBack, cancel, cancelUnheld, confirm, fail, letGo, claim, reject, holdBack,
        release, countUnsent,
    ]

    private static let countUnsent = Statement(
        "message_count_unsent",
        "SELECT count(*) FROM (SELECT 1 FROM messages WHERE next_at < \(heldBack) LIMIT $1::bigint) AS counted")

    static func command(countingUnsentTo most: Int) -> Command { .run(countUnsent) { $0.add(most) } }

    /// When a payout is due that a pause holds back: never, until the pause is lifted.
    static let heldBack = Int64.max

    private static let insert = Statement(
        "message_insert",
        """
        INSERT INTO messages (id, message_id, type, created_at, attempt, next_at, held_until, last_error, body)
        SELECT id, message_id, type, created_at, 1, next_at, held_until, last_error, body
        FROM unnest(
            $1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::text[], $8::bytea[])
            AS n (id, message_id, type, created_at, next_at, held_until, last_error, body)
        """)

    /// Under the brake's lock, so that nobody else gives out the same number. There are places for seven years of a
    /// reminder each hour.
    private static let insertOfFleet = Statement(
        "message_insert_of_fleet",
        """
        INSERT INTO messages (id, message_id, type, created_at, attempt, next_at, body)
        SELECT coalesce(max(id), $5::bigint - 1) + 1, $1::text, $2::text, $3::bigint, 1, $3::bigint, $4::bytea
        FROM messages WHERE id BETWEEN $5::bigint AND $6::bigint
        HAVING count(*) FILTER (WHERE message_id = $1::text) = 0 AND coalesce(max(id), 0) < $6::bigint
        """)

    /// Whoever has it in memory comes first.
    private static let resend = Statement(
        "message_resend",
        """
        WITH changed AS (
            UPDATE messages AS m SET
                next_at = greatest(n.next_at, m.held_until), attempt = n.attempt, last_error = NULL
            FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS n (id, attempt, next_at)
            WHERE m.id = n.id RETURNING 1
        ) SELECT expect_rows(count(*), $4::bigint) FROM changed
        """)

    /// What is told late of an earlier sending says nothing about this one; another worker's hold stays its own. With a hold
    /// that ends the one before it stands again that nobody has told of, if there is one.
    private static let confirm = Statement(
        "message_confirm",
        """
        UPDATE messages AS m SET confirmed_at = n.at, next_at = NULL, last_error = NULL, maybe_out = false,
            held_until = CASE WHEN m.held_until IS DISTINCT FROM n.held_until THEN m.held_until ELSE n.held_before END
        FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[])
            AS n (id, attempt, held_until, held_before, at)
        WHERE m.id = n.id AND m.attempt = n.attempt
        """)

    /// What is due no more stays so, whatever is told late of it: the broker has it, or it was taken back or cancelled. What a
    /// pause holds back waits for its end.
    private static let fail = Statement(
        "message_fail",
        """
        UPDATE messages AS m SET held_until = n.held_before, maybe_out = m.maybe_out OR n.may_be_out <> 0,
            last_error = CASE WHEN m.next_at IS NULL THEN m.last_error ELSE n.reason END,
            next_at = CASE WHEN m.next_at <> \(heldBack) THEN n.at ELSE m.next_at END
        FROM unnest(
            $1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[], $7::bigint[])
            AS n (id, attempt, held_until, held_before, at, reason, may_be_out)
        WHERE m.id = n.id AND m.attempt = n.attempt AND m.held_until IS NOT DISTINCT FROM n.held_until
        """)

    private static let letGo = Statement(
        "message_let_go",
        """
        UPDATE messages AS m SET held_until = n.held_before,
            next_at = CASE WHEN m.next_at <> \(heldBack) THEN n.at ELSE m.next_at END
        FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[])
            AS n (id, attempt, held_until, held_before, at)
        WHERE m.id = n.id AND m.held_until = n.held_until
        """)

    /// What has come to be on its way since it was loaded ends the transaction: it is decided again.
    private static let takeBack = Statement(
        "message_take_back",
        """
        WITH changed AS (
            UPDATE messages SET next_at = NULL, last_error = $2
            WHERE id = ANY($1::bigint[]) AND confirmed_at IS NULL AND held_until IS NULL AND NOT maybe_out RETURNING 1
        ) SELECT expect_unheld(count(*), $3::bigint) FROM changed
        """)

    private static let cancel = Statement(
        "message_cancel",
        "UPDATE messages SET next_at = NULL, maybe_out = confirmed_at IS NULL WHERE id = ANY($1::bigint[])")

    /// Of a case that a person ends: whoever has come to hold one since it was loaded, by whatever clock, ends the
    /// transaction, which is decided again.
    private static let cancelUnheld = Statement(
        "message_cancel_unheld",
        """
        WITH changed AS (
            UPDATE messages SET next_at = NULL, maybe_out = confirmed_at IS NULL
            WHERE id = ANY($1::bigint[]) AND (held_until IS NULL OR held_until <= $2::bigint) RETURNING 1
        ) SELECT expect_unheld(count(*), $3::bigint) FROM changed
        """)

    /// Those that another worker is just taking are passed over. Whoever had one before has not told what became of it.
    private static let claim = Statement(
        "message_claim",
        """
        WITH due AS (
            SELECT id, next_at, held_until, octet_length(body) AS size FROM messages WHERE next_at <= $1::bigint
            ORDER BY next_at, id LIMIT $2::bigint FOR UPDATE SKIP LOCKED
        ), fitting AS (
            SELECT id, next_at, held_until FROM (
                SELECT id, next_at, held_until, sum(size) OVER (ORDER BY next_at, id) - size AS before FROM due
            ) AS measured WHERE before < $4::bigint
        ), taken AS (
            UPDATE messages AS m SET
                next_at = $3::bigint, maybe_out = m.maybe_out OR m.held_until IS NOT NULL, held_until = $3::bigint
            FROM fitting WHERE m.id = fitting.id RETURNING m.*, fitting.next_at AS was_due, fitting.held_until AS other_held_until
        ) SELECT t.id, t.message_id, t.type, t.created_at, t.attempt, t.body, t.confirmed_at, t.last_error,
            c.id, c.request_id, c.traceparent, c.submitted_at, t.other_held_until
        FROM taken AS t LEFT JOIN cases AS c ON c.id = t.id >> \(RowNumber.placeBits) ORDER BY t.was_due, t.id
        """)

    private static let holdBack = Statement(
        "message_hold_back",
        "UPDATE messages SET next_at = \(heldBack) WHERE next_at < \(heldBack) AND type = $1")

    private static let release = Statement(
        "message_release",
        "UPDATE messages SET next_at = greatest($1::bigint, held_until) WHERE next_at = \(heldBack)")

    private static let reject = Statement(
        "message_reject",
        """
        UPDATE messages AS m SET last_error = n.reason, held_until = n.held_before
        FROM unnest($1::bigint[], $2::text[], $3::bigint[]) AS n (id, reason, held_before) WHERE m.id = n.id
        """)

    /// A new message and its place.
    struct Row {
        var number: Int64
        var message: NewMessage
        var fate: Fate

        enum Fate {
            /// The worker that commits it has it.
            case held
            /// A pause holds it back.
            case heldBack
            /// It was taken back in the same transaction.
            case takenBack
        }
    }

    /// An earlier message once more, and its place.
    struct Resent {
        var number: Int64
        var attempt: Int
        var isHeldBack: Bool
    }

    static func commands(appending rows: [Row], resending resent: [Resent], at now: Instant) -> [Command] {
        var commands: [Command] = []
        if !rows.isEmpty { commands.append(command(appending: rows, at: now)) }
        if !resent.isEmpty {
            let rows = resent.sorted { $0.number < $1.number }
            commands.append(
                .run(resend) { values in
                    values.add(.bigint, rows) { $1.add($0.number) }
                    values.add(.bigint, rows) { $1.add($0.attempt) }
                    values.add(.bigint, rows) { $1.add($0.isHeldBack ? heldBack : now.microsecondsSinceEpoch) }
                    values.add(rows.count)
                })
        }
        return commands
    }

    private static func command(appending rows: [Row], at now: Instant) -> Command {
        let heldUntil = (now + OutboxMessage.publisherHeadStart).microsecondsSinceEpoch
        return .run(insert) { values in
            values.add(.bigint, rows) { $1.add($0.number) }
            values.add(.text, rows) { $1.add($0.message.encoded.id) }
            values.add(.text, rows) { $1.add($0.message.encoded.type.rawValue) }
            values.add(.bigint, rows) { $1.add($0.message.createdAt) }
            values.add(.bigint, rows) { row, elements in
                switch row.fate {
                case .held: elements.add(heldUntil)
                case .heldBack: elements.add(heldBack)
                case .takenBack: elements.add(nil as Int64?)
                }
            }
            values.add(.bigint, rows) { $1.add($0.fate == .held ? heldUntil : nil) }
            values.add(.text, rows) { $1.add($0.fate == .takenBack ? CaseChange.takenBackReason : nil) }
            values.add(.bytes, rows) { $1.add($0.message.encoded.body) }
        }
    }

    /// Adds a message of no case, due at once; one whose id is there stays as it is.
    static func command(appendingOfFleet message: EncodedMessage, at now: Instant) -> Command {
        .run(insertOfFleet) { values in
            values.add(message.id)
            values.add(message.type.rawValue)
            values.add(now)
            values.add(message.body)
            values.add(RowNumber.all(of: RowNumber.fleet).lowerBound)
            values.add(RowNumber.all(of: RowNumber.fleet).upperBound)
        }
    }

    static func command(takingBack numbers: [Int64]) -> Command? {
        guard !numbers.isEmpty else { return nil }
        return .run(takeBack) { values in
            values.add(.bigint, numbers) { $1.add($0) }
            values.add(CaseChange.takenBackReason)
            values.add(numbers.count)
        }
    }

    static func command(cancelling numbers: [Int64]) -> Command? {
        guard !numbers.isEmpty else { return nil }
        return .run(cancel) { $0.add(.bigint, numbers) { $1.add($0) } }
    }

    static func command(cancellingUnheld numbers: [Int64], at now: Instant) -> Command? {
        guard !numbers.isEmpty else { return nil }
        return .run(cancelUnheld) { values in
            values.add(.bigint, numbers) { $1.add($0) }
            values.add(now - PublicationStanding.clocksApart)
            values.add(numbers.count)
        }
    }

    /// Moves every payout aside that the broker has not confirmed.
    static var holdingBackPayouts: Command { .run(holdBack) { $0.add(OutboundType.payout.rawValue) } }

    /// Makes all of them due at once.
    static func command(releasingPayoutsAt now: Instant) -> Command { .run(release) { $0.add(now) } }

    static func command(claiming limit: Int, bytes: Int, at now: Instant, lease: Duration) -> Command {
        .run(claim) { values in
            values.add(now)
            values.add(max(0, limit))
            values.add(now + lease)
            values.add(bytes)
        }
    }

    /// A message that this version can't send, and until when another had it.
    struct Unreadable {
        let number: Int64
        let problem: String
        let heldBefore: Instant?
    }

    /// Notes why messages can't be sent by this version; they are looked at again after the lease.
    static func command(rejecting unreadable: [Unreadable]) -> Command {
        .run(reject) { values in
            values.add(.bigint, unreadable) { $1.add($0.number) }
            values.add(.text, unreadable) { $1.add($0.problem) }
            values.add(.bigint, unreadable) { $1.add($0.heldBefore) }
        }
    }

    /// What became of sendings of messages.
    static func commands(recording publications: [PublicationRecord]) throws(StoreError) -> [Command] {
        var confirmed: [Recorded] = []
        var failed: [Recorded] = []
        var left: [Recorded] = []
        for publication in publications {
            guard case .message(let key, let attempt) = publication.key else { continue }
            let number = try RowNumber.of(key.ordinal.number, in: key.caseID)
            var recorded = Recorded(
                number: number, attempt: attempt, heldUntil: publication.heldUntil, heldBefore: publication.heldBefore,
                at: publication.at, reason: nil)
            switch publication.result {
            case .confirmed: confirmed.append(recorded)
            case .failed(let reason, let nextAttemptAt, let mayBeOut):
                recorded.mayBeOut = mayBeOut
                recorded.at = nextAttemptAt
                recorded.reason = reason
                failed.append(recorded)
            case .letGo: left.append(recorded)
            }
        }
        var commands: [Command] = []
        if !failed.isEmpty {
            let rows = Recorded.inOrder(failed)
            commands.append(
                .run(fail) { values in
                    values.addPlaces(of: rows)
                    values.add(.text, rows) { $1.add($0.reason) }
                    values.add(.bigint, rows) { $1.add($0.mayBeOut ? 1 : 0) }
                })
        }
        for (statement, recorded) in [(confirm, confirmed), (letGo, left)] where !recorded.isEmpty {
            let rows = Recorded.inOrder(recorded)
            commands.append(.run(statement) { $0.addPlaces(of: rows) })
        }
        return commands
    }

    fileprivate struct Recorded {
        var number: Int64
        var attempt: Int
        var heldUntil: Instant?
        var heldBefore: Instant?
        var at: Instant
        var reason: String?
        var mayBeOut = false

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
        add(.bigint, rows) { $1.add($0.heldUntil) }
        add(.bigint, rows) { $1.add($0.heldBefore) }
        add(.bigint, rows) { $1.add($0.at) }
    }
}
