import RefundMessages
import RefundPolicy
import RefundWorker

/// Messages that wait for their request, or for something to be mended.
enum ParkedRows {
    static let statements = [insert, makeRoom, update, remove, hurry, postpone, findDue, findWithdrawals, sumUpLetters]

    /// What is given up and waits to be published.
    private static let sumUpLetters = Statement(
        "parked_letters",
        "SELECT count(*), coalesce(sum(size), 0)::bigint FROM parked WHERE dead_at IS NOT NULL")

    static var summingUpLetters: Command { .run(sumUpLetters) { _ in } }

    /// The same message once more is a redelivery: its parking was committed, and its acknowledgement got lost. What else
    /// came with it may differ: the broker counts deliveries in a header. One that was given up is another matter: it is
    /// about to leave, and its dead letter may be what is replayed here.
    private static let insert = Statement(
        "parked_insert",
        """
        INSERT INTO parked (
            request_id, type, source_queue, message_id, traceparent, body, envelope, parked_at,
            attempts, code, detail, dead_at, next_at, by_user
        ) SELECT
            $1::text, $2::text, $3::text, $4::text, $5::text, $6::bytea, $7::bytea, $8::bigint,
            $9::bigint, $10::text, $11::text, $12::bigint, $13::bigint, $14::text
        WHERE NOT EXISTS (
            SELECT 1 FROM parked
            WHERE request_id = $1::text AND type = $2::text AND message_id IS NOT DISTINCT FROM $4::text
                AND body = $6::bytea AND dead_at IS NULL
        )
        """)

    /// Gives up the oldest of what is over its room. What another worker is just trying is left to it; if that stays parked,
    /// the next arrival finds it again.
    private static let makeRoom = Statement(
        "parked_make_room",
        """
        WITH one AS (
            SELECT id FROM (
                SELECT id, row_number() OVER (PARTITION BY request_id ORDER BY id DESC) AS place
                FROM parked WHERE request_id = ANY($3::text[]) AND dead_at IS NULL
            ) AS numbered WHERE place > $4::bigint
        ), excess AS (
            SELECT id FROM one UNION ALL
            SELECT id FROM (
                SELECT id, row_number() OVER newest AS place, sum(size) OVER newest AS bytes
                FROM parked WHERE dead_at IS NULL AND NOT EXISTS (SELECT 1 FROM one WHERE one.id = parked.id)
                WINDOW newest AS (ORDER BY id DESC)
            ) AS live WHERE place > $1::bigint OR bytes > $2::bigint
        ), taken AS (
            SELECT id FROM parked WHERE id IN (SELECT id FROM excess) AND dead_at IS NULL
            ORDER BY id FOR UPDATE SKIP LOCKED
        ), given_up AS (
            UPDATE parked AS p SET dead_at = $5::bigint, next_at = $5::bigint, code = $6::text, detail = $7::text
            FROM taken WHERE p.id = taken.id RETURNING p.id, p.source_queue, p.message_id, p.request_id
        )
        INSERT INTO dead_letters (at, code, detail, source_queue, message_id, request_id)
        SELECT $5::bigint, $6::text, $7::text, source_queue, message_id, request_id FROM given_up ORDER BY id
        """)

    private static let update = Statement(
        "parked_update",
        """
        UPDATE parked AS p SET
            attempts = n.attempts, code = n.code, detail = n.detail, dead_at = n.dead_at, next_at = n.next_at
        FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::bigint[])
            AS n (id, attempts, code, detail, dead_at, next_at)
        WHERE p.id = n.id
        """)

    private static let remove = Statement("parked_remove", "DELETE FROM parked WHERE id = ANY($1::bigint[])")

    private static let hurry = Statement(
        "parked_hurry",
        "UPDATE parked SET next_at = $1::bigint WHERE request_id = ANY($2::text[]) AND dead_at IS NULL")

    private static let postpone = Statement(
        "parked_postpone",
        """
        UPDATE parked AS p SET next_at = n.next_at FROM unnest($1::bigint[], $2::bigint[]) AS n (id, next_at)
        WHERE p.id = n.id
        """)

    /// What is due, those that have waited longest first; what another worker is just trying is passed over.
    private static let findDue = Statement(
        "parked_due",
        """
        WITH locked AS MATERIALIZED (
            SELECT \(ParkedMessage.columns), size FROM parked WHERE next_at <= $1::bigint
            ORDER BY next_at, id LIMIT $2::bigint FOR UPDATE SKIP LOCKED
        ) SELECT \(ParkedMessage.columns) FROM (
            SELECT *, sum(size) OVER (ORDER BY next_at, id) - size AS before FROM locked
        ) AS measured WHERE before < $3::bigint ORDER BY next_at, id
        """)

    /// The first that waits for each request and is not given up. One that another worker is just trying is waited for:
    /// whether it still counts is known only then.
    private static let findWithdrawals = Statement(
        "parked_withdrawals",
        """
        SELECT \(ParkedMessage.columns) FROM parked
        WHERE request_id = ANY($1::text[]) AND type = $2 AND dead_at IS NULL ORDER BY id FOR UPDATE
        """)

    static func command(findingWithdrawalsOf requests: [RequestID]) -> Command {
        .run(findWithdrawals) { values in
            values.add(.text, requests) { $1.add($0.text) }
            values.add(InboundType.withdrawn.rawValue)
        }
    }

    static func command(findingDue limit: Int, bytes: Int, at now: Instant) -> Command {
        .run(findDue) { values in
            values.add(now)
            values.add(max(0, limit))
            values.add(bytes)
        }
    }

    static func commands(writing changes: ParkingChanges, at now: Instant) -> [Command] {
        var commands = changes.arrivals.map { arrival in Command.run(insert) { $0.add(arrival) } }
        if !changes.updates.isEmpty {
            commands.append(
                .run(update) { values in
                    values.add(.bigint, changes.updates) { $1.add($0.id.number) }
                    values.add(.bigint, changes.updates) { $1.add($0.standing.attempts) }
                    values.add(.text, changes.updates) { $1.add($0.standing.code) }
                    values.add(.text, changes.updates) { $1.add($0.standing.detail.withoutZeros) }
                    values.add(.bigint, changes.updates) { $1.add($0.standing.deadAt) }
                    values.add(.bigint, changes.updates) { $1.add($0.standing.nextAt) }
                })
        }
        if !changes.departures.isEmpty { commands.append(command(removing: changes.departures)) }
        if !changes.arrivals.isEmpty { commands.append(command(makingRoomFor: changes, at: now)) }
        if !changes.awaited.isEmpty {
            commands.append(
                .run(hurry) { values in
                    values.add(now)
                    values.add(.text, changes.awaited) { $1.add($0.text) }
                })
        }
        return commands
    }

    private static func command(makingRoomFor changes: ParkingChanges, at now: Instant) -> Command {
        .run(makeRoom) { values in
            values.add(changes.room.messages)
            values.add(changes.room.bytes)
            values.add(.text, Array(Set(changes.arrivals.compactMap(\.delivery.requestID)))) { $1.add($0.text) }
            values.add(changes.room.messagesOfOne)
            values.add(now)
            values.add(DeadLetterReason.parkingFull.code)
            values.add(DeadLetterReason.parkingFull.detail)
        }
    }

    /// What became of dead letters' publications. One that the broker has is parked no longer.
    static func commands(recording publications: [PublicationRecord]) -> [Command] {
        var taken: [ParkedID] = []
        var failed: [(id: ParkedID, nextAt: Instant)] = []
        for publication in publications {
            guard case .deadLetter(let id) = publication.key else { continue }
            switch publication.result {
            case .confirmed: taken.append(id)
            case .failed(_, let nextAttemptAt, _): failed.append((id, nextAttemptAt))
            case .letGo: failed.append((id, publication.at))
            }
        }
        var commands: [Command] = []
        if !failed.isEmpty { commands.append(command(postponing: failed)) }
        if !taken.isEmpty { commands.append(command(removing: taken)) }
        return commands
    }

    static func command(postponing parked: [(id: ParkedID, nextAt: Instant)]) -> Command {
        .run(postpone) { values in
            values.add(.bigint, parked) { $1.add($0.id.number) }
            values.add(.bigint, parked) { $1.add($0.nextAt) }
        }
    }

    private static func command(removing ids: [ParkedID]) -> Command {
        .run(remove) { $0.add(.bigint, ids) { $1.add($0.number) } }
    }
}

extension Parameters {
    fileprivate mutating func add(_ arrival: ParkedArrival) {
        let delivery = arrival.delivery
        add(delivery.requestID?.text ?? "")
        add(delivery.type?.rawValue ?? "")
        add(delivery.source.rawValue)
        add(delivery.messageID?.withoutZeros)
        add(delivery.traceparent?.withoutZeros)
        add(delivery.body)
        add(delivery.envelope)
        add(arrival.at)
        add(arrival.standing.attempts)
        add(arrival.standing.code)
        add(arrival.standing.detail.withoutZeros)
        add(arrival.standing.deadAt)
        add(arrival.standing.nextAt)
        add(delivery.user?.withoutZeros)
    }
}

extension ParkedMessage {
    /// The columns that `init` reads.
    static let columns = """
        id, request_id, type, source_queue, message_id, traceparent, body, envelope, parked_at,
        attempts, code, detail, dead_at, next_at, by_user
        """

    /// - Throws: `StoreError` when only a newer worker can read it.
    init(_ row: ResultRow) throws(StoreError) {
        // Dead letters about nothing that could be read have none of the two.
        let (requestID, type) = (RequestID(row.text(1)), InboundType(rawValue: row.text(2)))
        let deadAt = row.optionalInstant(12)
        guard requestID != nil && type != nil || deadAt != nil, let source = SourceQueue(rawValue: row.text(3)) else {
            throw StoreError(
                .refused, operation: "read",
                problem: "a parked message is of a kind that this version does not know",
                remedy: "run the version that parked it")
        }
        self.init(
            id: ParkedID(row.integer(0)),
            delivery: KeptDelivery(
                requestID: requestID, type: type, source: source, user: row.optionalText(14),
                messageID: row.optionalText(4),
                traceparent: row.optionalText(5), body: row.bytes(6), envelope: row.bytes(7)),
            parkedAt: row.instant(8),
            standing: ParkedStanding(
                attempts: Int(row.integer(9)), code: row.text(10), detail: row.text(11),
                deadAt: deadAt, nextAt: row.instant(13)))
    }
}
