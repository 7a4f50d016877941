import GRDB
import RefundCase
import RefundPolicy
import RefundWorker

/// The fleet's brake: each pause of the payouts, the latest of which counts.
struct PauseTable {
    private let findLatest: BoundStatement
    private let insert: BoundStatement
    private let lift: BoundStatement
    private let remind: BoundStatement

    /// What `brake` reads.
    static let latest = "SELECT \(PastPause.columns) FROM pauses ORDER BY id DESC LIMIT 1"

    init(_ database: Database) throws {
        findLatest = try BoundStatement(PauseTable.latest, in: database)
        insert = try BoundStatement(
            """
            INSERT INTO pauses (action_id, at, by, note, by_user, alert_hour)
            VALUES (?, ?, ?, ?, ?, (SELECT alert_hour FROM pauses WHERE id = (SELECT MAX(id) FROM pauses)))
            """, in: database)
        // Pauses before it that it has replaced end with it.
        lift = try BoundStatement(
            """
            UPDATE pauses SET lifted_action_id = ?, lifted_at = ?, lifted_by = ?, lifted_note = ?, lifted_by_user = ?
            WHERE lifted_at IS NULL AND id <= (SELECT id FROM pauses WHERE action_id = ?)
            """, in: database)
        remind = try BoundStatement(
            "UPDATE pauses SET alert_hour = ? WHERE id = (SELECT MAX(id) FROM pauses)", in: database)
    }

    func brake() throws -> PayoutBrake {
        try findLatest.first({ _ in }, as: { PayoutBrake(latest: $0) }) ?? PayoutBrake()
    }

    func pause(_ pause: StandingPause) throws {
        try insert.run { values in
            values.add(pause.actionID.text)
            values.add(pause.at.microsecondsSinceEpoch)
            values.add(pause.by.by)
            values.add(pause.note)
            values.add(pause.by.user)
        }
    }

    func lift(_ pause: ActionID, by lifting: PastPause.Lifting) throws {
        try lift.run { values in
            values.add(lifting.actionID.text)
            values.add(lifting.at.microsecondsSinceEpoch)
            values.add(lifting.by.by)
            values.add(lifting.note)
            values.add(lifting.by.user)
            values.add(pause.text)
        }
    }

    func remind(in hour: Int64) throws {
        try remind.run { $0.add(hour) }
    }
}

extension PayoutBrake {
    init(latest row: ResultRow) {
        let latest = PastPause(row)
        self.init(pause: latest.flatMap { $0.lifting == nil ? $0.pause : nil }, lastAlertHour: row.optionalInteger(8))
    }
}

extension PastPause {
    /// The columns that `init` reads, and the hour of the latest reminder among them.
    static let columns = """
        action_id, at, by, note, lifted_action_id, lifted_at, lifted_by, lifted_note, alert_hour, by_user,
        lifted_by_user
        """

    init?(_ row: ResultRow) {
        guard let actionID = ActionID(row.text(0)) else { return nil }
        let lifting = row.optionalText(4).flatMap { ActionID($0) }.map { id in
            Lifting(
                actionID: id, at: Instant(microsecondsSinceEpoch: row.integer(5)),
                by: Signature(row.text(6), user: row.optionalText(10)), note: row.text(7))
        }
        self.init(
            pause: StandingPause(
                actionID: actionID, at: Instant(microsecondsSinceEpoch: row.integer(1)),
                by: Signature(row.text(2), user: row.optionalText(9)), note: row.text(3)),
            lifting: lifting)
    }
}
