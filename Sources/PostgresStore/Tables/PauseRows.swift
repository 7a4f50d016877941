import RefundCase
import RefundPolicy
import RefundWorker

/// The fleet's brake: each pause of the payouts, the latest of which counts.
///
/// Every transaction of a worker's holds the brake's lock, shared; one that changes the brake holds it alone. So whoever
/// writes or claims messages knows how the brake stands until it commits, and no payout is left behind on either side.
enum PauseRows {
    static let statements = [share, take, latest, insert, lift, remind]

    private static let share = Statement("brake_share", "SELECT pg_advisory_xact_lock_shared($1::bigint)")

    private static let take = Statement("brake_take", "SELECT pg_advisory_xact_lock($1::bigint)")

    /// - Parameter isAlone: nobody else may hold it meanwhile.
    static func command(lockingOf schemaNumber: Int64, isAlone: Bool) -> Command {
        .run(isAlone ? take : share) { $0.add(AdvisoryLock.brake(schemaNumber)) }
    }

    static let latest = Statement(
        "pause_latest", "SELECT \(PastPause.columns) FROM pauses ORDER BY id DESC LIMIT 1")

    private static let insert = Statement(
        "pause_insert",
        """
        INSERT INTO pauses (action_id, at, by, note, by_user, alert_hour)
        VALUES ($1, $2::bigint, $3, $4, $5, (SELECT alert_hour FROM pauses ORDER BY id DESC LIMIT 1))
        """)

    /// Pauses before it that it has replaced end with it.
    private static let lift = Statement(
        "pause_lift",
        """
        UPDATE pauses SET lifted_action_id = $1, lifted_at = $2::bigint, lifted_by = $3, lifted_note = $4,
            lifted_by_user = $5
        WHERE lifted_at IS NULL AND id <= (SELECT id FROM pauses WHERE action_id = $6)
        """)

    private static let remind = Statement(
        "pause_remind", "UPDATE pauses SET alert_hour = $1::bigint WHERE id = (SELECT max(id) FROM pauses)")

    /// What happens to the brake, and to the payouts with it.
    static func commands(writing changes: [BrakeChange], at now: Instant) -> [Command] {
        changes.flatMap { change -> [Command] in
            switch change {
            case .paused(let pause): [command(adding: pause), MessageRows.holdingBackPayouts]
            case .resumed(let pause, let actionID, let at, let by, let note):
                [
                    command(
                        lifting: pause, by: PastPause.Lifting(actionID: actionID, at: at, by: by, note: note)),
                    MessageRows.command(releasingPayoutsAt: now),
                ]
            case .alerted(let hour): [.run(remind) { $0.add(hour) }]
            }
        }
    }

    private static func command(adding pause: StandingPause) -> Command {
        .run(insert) { values in
            values.add(pause.actionID.text)
            values.add(pause.at)
            values.add(pause.by.by.withoutZeros)
            values.add(pause.note.withoutZeros)
            values.add(pause.by.user?.withoutZeros)
        }
    }

    private static func command(lifting pause: ActionID, by lifting: PastPause.Lifting) -> Command {
        .run(lift) { values in
            values.add(lifting.actionID.text)
            values.add(lifting.at)
            values.add(lifting.by.by.withoutZeros)
            values.add(lifting.note.withoutZeros)
            values.add(lifting.by.user?.withoutZeros)
            values.add(pause.text)
        }
    }
}

extension PayoutBrake {
    init(latest row: ResultRow) {
        let latest = PastPause(row)
        self.init(pause: latest.flatMap { $0.lifting == nil ? $0.pause : nil }, lastAlertHour: row.optionalInteger(8))
    }

    /// How the brake stands after these changes.
    func isPaused(after changes: [BrakeChange]) -> Bool {
        changes.reduce(pause != nil) { isPaused, change in
            switch change {
            case .paused: true
            case .resumed: false
            case .alerted: isPaused
            }
        }
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
                actionID: id, at: row.instant(5), by: Signature(row.text(6), user: row.optionalText(10)),
                note: row.text(7))
        }
        self.init(
            pause: StandingPause(
                actionID: actionID, at: row.instant(1), by: Signature(row.text(2), user: row.optionalText(9)),
                note: row.text(3)),
            lifting: lifting)
    }
}
