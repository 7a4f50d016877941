import GRDB
import RefundMessages
import RefundPolicy
import RefundWorker

/// Messages that wait for their request, or for something to be mended.
struct ParkingTable {
    private let insert: BoundStatement
    private let update: BoundStatement
    private let delete: BoundStatement
    private let hurry: BoundStatement
    private let postpone: BoundStatement
    private let findDue: BoundStatement
    private let findAny: BoundStatement
    private let findWithdrawal: BoundStatement
    private let sumUpLetters: BoundStatement
    private let room: ParkingRoomTable

    init(_ database: Database) throws {
        // The same message once more is a redelivery: its parking was committed, and its acknowledgement got lost. What
        // else came with it may differ: the broker counts deliveries in a header. One that was given up is another matter:
        // it is about to leave, and its dead letter may be what is replayed here.
        insert = try BoundStatement(
            """
            INSERT INTO parked (
                request_id, type, source_queue, message_id, traceparent, body, envelope, parked_at,
                attempts, code, detail, dead_at, next_at, by_user
            ) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14
            WHERE NOT EXISTS (
                SELECT 1 FROM parked INDEXED BY parked_request
                WHERE request_id = ?1 AND type = ?2 AND message_id IS ?4 AND body = ?6 AND dead_at IS NULL
            )
            """, in: database)
        update = try BoundStatement(
            "UPDATE parked SET attempts = ?, code = ?, detail = ?, dead_at = ?, next_at = ? WHERE id = ?", in: database)
        delete = try BoundStatement("DELETE FROM parked WHERE id = ?", in: database)
        hurry = try BoundStatement(
            "UPDATE parked SET next_at = ? WHERE request_id = ? AND dead_at IS NULL", in: database)
        postpone = try BoundStatement("UPDATE parked SET next_at = ? WHERE id = ?", in: database)
        findDue = try BoundStatement(
            "SELECT \(ParkedMessage.columns) FROM parked WHERE next_at <= ? ORDER BY next_at, id LIMIT ?", in: database)
        findAny = try BoundStatement("SELECT 1 FROM parked LIMIT 1", in: database)
        findWithdrawal = try BoundStatement(
            """
            SELECT \(ParkedMessage.columns) FROM parked INDEXED BY parked_request
            WHERE request_id = ? AND type = ? AND dead_at IS NULL ORDER BY id LIMIT 1
            """, in: database)
        sumUpLetters = try BoundStatement(
            "SELECT count(*), total(size) FROM parked WHERE dead_at IS NOT NULL", in: database)
        room = try ParkingRoomTable(database)
    }

    /// What is given up and waits to be published.
    func waitingLetters() throws -> WaitingLetters {
        try sumUpLetters.first(
            { _ in }, as: { WaitingLetters(count: Int($0.integer(0)), bytes: Int($0.integer(1))) }) ?? WaitingLetters()
    }

    /// What is due, those that have waited longest first; of equally long, in the order in which they came.
    ///
    /// - Parameter bytes: how many bytes they may have; the first may have more.
    func due(limit: Int, bytes: Int, at now: Instant) throws -> (messages: [ParkedMessage], isCutShort: Bool) {
        var rows: [(number: Int64, message: ParkedMessage?)] = []
        var room = bytes
        try findDue.forEachRow {
            $0.add(now.microsecondsSinceEpoch)
            $0.add(max(0, limit))
        } do: { row in
            guard room > 0 else { return }
            rows.append((row.integer(0), try? ParkedMessage(row)))
            room -= rows.last?.message.map { $0.delivery.body.count + $0.delivery.envelope.count } ?? 0
        }
        // One that only a newer worker can read must not keep the others from being found.
        for row in rows where row.message == nil {
            try postpone.run { values in
                values.add((now + .seconds(60)).microsecondsSinceEpoch)
                values.add(row.number)
            }
        }
        return (rows.compactMap(\.message), room <= 0)
    }

    func write(_ changes: ParkingChanges, at now: Instant) throws {
        for arrival in changes.arrivals {
            try insert.run { values in
                values.add(arrival.delivery)
                values.add(arrival.at.microsecondsSinceEpoch)
                values.add(arrival.standing)
                values.add(arrival.delivery.user)
            }
        }
        for change in changes.updates {
            try update.run { values in
                values.add(change.standing)
                values.add(change.id.number)
            }
        }
        for id in changes.departures { try delete.run { $0.add(id.number) } }
        if !changes.arrivals.isEmpty { try room.make(for: changes, at: now) }
        // A look for each new case would mostly be in vain.
        guard !changes.awaited.isEmpty, try !isEmpty() else { return }
        for request in changes.awaited {
            try hurry.run { values in
                values.add(now.microsecondsSinceEpoch)
                values.add(request.text)
            }
        }
    }

    /// Keeps what became of a dead letter's publication. One that the broker has is parked no longer.
    func record(_ id: ParkedID, _ result: PublicationRecord.Result, at: Instant) throws {
        switch result {
        case .confirmed: try delete.run { $0.add(id.number) }
        case .failed(_, let nextAttemptAt, _): try postpone(id, until: nextAttemptAt)
        case .letGo: try postpone(id, until: at)
        }
    }

    private func postpone(_ id: ParkedID, until: Instant) throws {
        try postpone.run { values in
            values.add(until.microsecondsSinceEpoch)
            values.add(id.number)
        }
    }

    /// The first withdrawal that waits for a request and is not given up.
    func withdrawal(of request: RequestID) throws -> KeptDelivery? {
        try findWithdrawal.first(
            {
                $0.add(request.text)
                $0.add(InboundType.withdrawn.rawValue)
            }, as: { try ParkedMessage($0).delivery })
    }

    /// Mostly nothing is parked.
    func isEmpty() throws -> Bool {
        try findAny.first({ _ in }, as: { _ in true }) == nil
    }
}

extension Bindings {
    fileprivate mutating func add(_ delivery: KeptDelivery) {
        add(delivery.requestID?.text ?? "")
        add(delivery.type?.rawValue ?? "")
        add(delivery.source.rawValue)
        add(delivery.messageID)
        add(delivery.traceparent)
        add(delivery.body)
        add(delivery.envelope)
    }

    fileprivate mutating func add(_ standing: ParkedStanding) {
        add(standing.attempts)
        add(standing.code)
        add(standing.detail)
        add(standing.deadAt?.microsecondsSinceEpoch)
        add(standing.nextAt.microsecondsSinceEpoch)
    }
}

extension ParkedMessage {
    /// The columns that `init` reads.
    static let columns = """
        id, request_id, type, source_queue, message_id, traceparent, body, envelope, parked_at,
        attempts, code, detail, dead_at, next_at, by_user
        """

    /// - Throws: `StoreError` when only a newer worker can read it.
    init(_ row: ResultRow) throws {
        // Dead letters about nothing that could be read have none of the two.
        let (requestID, type) = (RequestID(row.text(1)), InboundType(rawValue: row.text(2)))
        let deadAt = row.optionalInteger(12).map(Instant.init(microsecondsSinceEpoch:))
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
            parkedAt: Instant(microsecondsSinceEpoch: row.integer(8)),
            standing: ParkedStanding(
                attempts: Int(row.integer(9)), code: row.text(10), detail: row.text(11),
                deadAt: deadAt,
                nextAt: Instant(microsecondsSinceEpoch: row.integer(13))))
    }
}
