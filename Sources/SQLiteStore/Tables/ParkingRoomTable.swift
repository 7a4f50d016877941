import GRDB
import RefundMessages
import RefundPolicy
import RefundWorker

/// Gives up the oldest of what is parked over its room.
struct ParkingRoomTable {
    private let sumUp: BoundStatement
    private let findNext: BoundStatement
    private let findExcessOfOne: BoundStatement
    private let giveUp: BoundStatement
    private let note: BoundStatement

    init(_ database: Database) throws {
        sumUp = try BoundStatement(
            "SELECT count(*), total(size) FROM parked INDEXED BY parked_live WHERE dead_at IS NULL", in: database)
        findNext = try BoundStatement(
            """
            SELECT id, size FROM parked INDEXED BY parked_live WHERE dead_at IS NULL AND id > ? ORDER BY id LIMIT 1
            """, in: database)
        findExcessOfOne = try BoundStatement(
            """
            SELECT id FROM parked INDEXED BY parked_request WHERE request_id = ? AND dead_at IS NULL
            ORDER BY id DESC LIMIT -1 OFFSET ?
            """, in: database)
        giveUp = try BoundStatement(
            "UPDATE parked SET dead_at = ?1, next_at = ?1, code = ?2, detail = ?3 WHERE id = ?4", in: database)
        note = try BoundStatement(
            """
            INSERT INTO dead_letters (at, code, detail, source_queue, message_id, request_id)
            SELECT dead_at, code, detail, source_queue, message_id, request_id FROM parked WHERE id = ?
            """, in: database)
    }

    /// Once the arrivals are parked.
    func make(for changes: ParkingChanges, at now: Instant) throws {
        for request in Set(changes.arrivals.compactMap(\.delivery.requestID)) {
            let excess = try findExcessOfOne.all(
                {
                    $0.add(request.text)
                    $0.add(changes.room.messagesOfOne)
                }, as: { $0.integer(0) })
            for row in excess.reversed() { try giveUp(row, at: now) }
        }
        guard var sums = try sumUp.first({ _ in }, as: { (count: $0.integer(0), bytes: $0.integer(1)) }) else { return }
        var last: Int64 = 0
        while sums.count > Int64(changes.room.messages) || sums.bytes > Int64(changes.room.bytes) {
            let oldest = try findNext.first({ $0.add(last) }, as: { (row: $0.integer(0), size: $0.integer(1)) })
            guard let oldest else { return }
            try giveUp(oldest.row, at: now)
            sums = (sums.count - 1, sums.bytes - oldest.size)
            last = oldest.row
        }
    }

    private func giveUp(_ row: Int64, at now: Instant) throws {
        try giveUp.run { values in
            values.add(now.microsecondsSinceEpoch)
            values.add(DeadLetterReason.parkingFull.code)
            values.add(DeadLetterReason.parkingFull.detail)
            values.add(row)
        }
        try note.run { $0.add(row) }
    }
}
