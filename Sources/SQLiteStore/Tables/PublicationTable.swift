import GRDB
import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker

/// The outbox: for each message when its publication is due, who may have it, and what became of it.
struct PublicationTable {
    private let insert: BoundStatement
    private let resend: BoundStatement
    private let count: BoundStatement
    private let confirm: BoundStatement
    private let fail: BoundStatement
    private let letGo: BoundStatement
    private let takeBack: BoundStatement
    private let cancel: BoundStatement
    private let takeBackNew: BoundStatement
    private let holdBackOne: BoundStatement
    private let holdBackAll: BoundStatement
    private let release: BoundStatement

    /// When a payout is due that a pause holds back: never, until the pause is lifted.
    static let heldBack = Int64.max

    init(_ database: Database) throws {
        insert = try BoundStatement(
            """
            INSERT INTO publications (id, attempt, next_at, held_until)
            SELECT id, 1, ?, ? FROM messages WHERE id BETWEEN ? AND ?
            """, in: database)
        // Whoever has it in memory comes first.
        resend = try BoundStatement(
            """
            UPDATE publications SET next_at = max(?, COALESCE(held_until, 0)), attempt = ?, last_error = NULL WHERE id = ?
            """, in: database)
        count = try BoundStatement("SELECT COUNT(*) FROM publications WHERE id BETWEEN ? AND ?", in: database)
        // What is told late of an earlier sending says nothing about this one; another worker's hold stays its own. With a
        // hold that ends the one before it stands again that nobody has told of, if there is one.
        confirm = try BoundStatement(
            """
            UPDATE publications SET confirmed_at = ?, next_at = NULL, last_error = NULL, maybe_out = 0,
                held_until = CASE WHEN held_until IS ? THEN ? ELSE held_until END
            WHERE id BETWEEN ? AND ? AND attempt = ?
            """, in: database)
        // What is due no more stays so, whatever is told late of it: the broker has it, or it was taken back or cancelled.
        // What a pause holds back waits for its end.
        fail = try BoundStatement(
            """
            UPDATE publications SET held_until = ?,
                maybe_out = maybe_out OR ?,
                last_error = CASE WHEN next_at IS NULL THEN last_error ELSE ? END,
                next_at = CASE WHEN next_at IS NULL OR next_at = \(PublicationTable.heldBack) THEN next_at ELSE ? END
            WHERE id = ? AND attempt = ? AND held_until IS ?
            """, in: database)
        letGo = try BoundStatement(
            """
            UPDATE publications SET held_until = ?,
                next_at = CASE WHEN next_at IS NULL OR next_at = \(PublicationTable.heldBack) THEN next_at ELSE ? END
            WHERE id = ? AND held_until = ?
            """, in: database)
        takeBack = try BoundStatement(
            """
            UPDATE publications SET next_at = NULL, last_error = ?
            WHERE id = ? AND confirmed_at IS NULL AND held_until IS NULL AND maybe_out = 0
            """, in: database)
        cancel = try BoundStatement(
            "UPDATE publications SET next_at = NULL, maybe_out = confirmed_at IS NULL WHERE id = ?", in: database)
        takeBackNew = try BoundStatement(
            "UPDATE publications SET next_at = NULL, held_until = NULL, last_error = ? WHERE id = ?", in: database)
        holdBackOne = try BoundStatement(
            """
            UPDATE publications SET next_at = \(PublicationTable.heldBack),
                held_until = CASE WHEN ? THEN NULL ELSE held_until END
            WHERE id = ? AND next_at IS NOT NULL
            """, in: database)
        holdBackAll = try BoundStatement(
            """
            UPDATE publications SET next_at = ?1 WHERE next_at < ?1
            AND (SELECT type FROM messages WHERE messages.id = publications.id) = ?2
            """, in: database)
        release = try BoundStatement(
            "UPDATE publications SET next_at = max(?, COALESCE(held_until, 0)) WHERE next_at = ?", in: database)
    }

    /// Messages that were just stored. The lane that commits them has them until `heldUntil`, and others only then; what
    /// nobody holds is due at once.
    func append(_ run: MessageRun, heldUntil: Instant?, at now: Instant) throws {
        try insert.run { values in
            values.add((heldUntil ?? now).microsecondsSinceEpoch)
            values.add(heldUntil?.microsecondsSinceEpoch)
            values.add(run.rows)
        }
    }

    /// Makes a message due at once, with the bytes that it has.
    ///
    /// - Throws: `StoreError` `.refused` when it is not there.
    func sendAgain(_ row: Int64, attempt: Int, at now: Instant) throws {
        let changed = try resend.run { values in
            values.add(now.microsecondsSinceEpoch)
            values.add(attempt)
            values.add(row)
        }
        guard changed == 1 else {
            throw StoreError(
                .refused, operation: "write", problem: "a message to be sent again is not stored",
                remedy: "look at the case's history")
        }
    }

    /// Lets a message go out no more.
    ///
    /// - Parameter isNew: it was stored by this very transaction, and nobody has seen it.
    /// - Throws: `StoreError` `.busy` when it may be on its way.
    func takeBack(_ row: Int64, isNew: Bool) throws {
        guard !isNew else {
            try takeBackNew.run { values in
                values.add(CaseChange.takenBackReason)
                values.add(row)
            }
            return
        }
        let changed = try takeBack.run { values in
            values.add(CaseChange.takenBackReason)
            values.add(row)
        }
        guard changed == 1 else {
            throw StoreError(
                .busy, operation: "write", problem: "a message that was to be taken back is on its way",
                remedy: "it is decided again")
        }
    }

    /// Sends a message no more. The broker may have it, or a worker that has it may still hand it over.
    func cancel(_ row: Int64) throws {
        try cancel.run { $0.add(row) }
    }

    // MARK: The brake

    /// Moves a payout aside that was written or is sent again during a pause.
    ///
    /// - Parameter isNew: it was stored by this very transaction, and no worker gets it.
    func holdBack(_ row: Int64, isNew: Bool) throws {
        try holdBackOne.run { values in
            values.add(isNew)
            values.add(row)
        }
    }

    /// Moves every payout aside that the broker has not confirmed.
    func holdBackPayouts() throws {
        try holdBackAll.run { values in
            values.add(PublicationTable.heldBack)
            values.add(OutboundType.payout.rawValue)
        }
    }

    /// Makes all of them due at once.
    func releasePayouts(at now: Instant) throws {
        try release.run { values in
            values.add(now.microsecondsSinceEpoch)
            values.add(PublicationTable.heldBack)
        }
    }

    // MARK: What became of publications

    /// Keeps that the broker has taken these at that instant, each at that attempt.
    func confirm(_ run: MessageRun, attempt: Int, heldUntil: Instant?, heldBefore: Instant?, at: Instant) throws {
        try confirm.run { values in
            values.add(at.microsecondsSinceEpoch)
            values.add(heldUntil?.microsecondsSinceEpoch)
            values.add(heldBefore?.microsecondsSinceEpoch)
            values.add(run.rows)
            values.add(attempt)
        }
    }

    /// Whether the store has no other messages between the first and the last of these.
    func isAlone(_ run: MessageRun) throws -> Bool {
        guard run.spansCases else { return true }
        return try count.first({ $0.add(run.rows) }, as: { $0.integer(0) }) == Int64(run.count)
    }

    /// Keeps that the broker would not take a message, and when it is tried again.
    func fail(
        _ row: Int64, attempt: Int, heldUntil: Instant?, heldBefore: Instant?, reason: String, nextAttemptAt: Instant,
        mayBeOut: Bool
    ) throws {
        try fail.run { values in
            values.add(heldBefore?.microsecondsSinceEpoch)
            values.add(mayBeOut)
            values.add(reason)
            values.add(nextAttemptAt.microsecondsSinceEpoch)
            values.add(row)
            values.add(attempt)
            values.add(heldUntil?.microsecondsSinceEpoch)
        }
    }

    /// Keeps that a worker has not sent a message, and won't.
    func letGo(_ row: Int64, heldUntil: Instant?, heldBefore: Instant?, at: Instant) throws {
        try letGo.run { values in
            values.add(heldBefore?.microsecondsSinceEpoch)
            values.add(at.microsecondsSinceEpoch)
            values.add(row)
            values.add(heldUntil?.microsecondsSinceEpoch)
        }
    }
}
