import RefundCase
import RefundPolicy
import RefundWorker

/// Keeps what became of publications, with as few statements as the rows allow. What is told of something that is not
/// there changes nothing.
struct PublicationRecording {
    let publications: PublicationTable
    let parking: ParkingTable

    /// Confirms of one attempt and one hold at one instant, whose rows follow each other.
    private struct Confirms {
        let attempt: Int
        let heldUntil: Instant?
        let heldBefore: Instant?
        let at: Instant
        var run: MessageRun
        /// Each of the rows.
        var rows: [Int64]

        init(_ record: PublicationRecord, attempt: Int, row: Int64) {
            (self.attempt, heldUntil, heldBefore) = (attempt, record.heldUntil, record.heldBefore)
            (at, run, rows) = (record.at, MessageRun(row), [row])
        }

        mutating func extend(to row: Int64, attempt: Int, _ record: PublicationRecord) -> Bool {
            guard attempt == self.attempt, record.heldUntil == heldUntil, record.heldBefore == heldBefore,
                record.at == at, run.extend(to: row)
            else { return false }
            rows.append(row)
            return true
        }
    }

    func record(_ records: [PublicationRecord]) throws {
        var confirms: Confirms?
        for record in records {
            guard case .message(let key, let attempt) = record.key else {
                if case .deadLetter(let id) = record.key { try parking.record(id, record.result, at: record.at) }
                continue
            }
            let row = try RowNumber.of(key.ordinal.number, in: key.caseID)
            if record.result == .confirmed, confirms?.extend(to: row, attempt: attempt, record) == true { continue }
            // What was told before of the same sending is written before.
            try write(confirms)
            confirms = nil
            switch record.result {
            case .confirmed:
                confirms = Confirms(record, attempt: attempt, row: row)
            case .failed(let reason, let nextAttemptAt, let mayBeOut):
                try publications.fail(
                    row, attempt: attempt, heldUntil: record.heldUntil, heldBefore: record.heldBefore, reason: reason,
                    nextAttemptAt: nextAttemptAt, mayBeOut: mayBeOut)
            case .letGo:
                try publications.letGo(
                    row, heldUntil: record.heldUntil, heldBefore: record.heldBefore, at: record.at)
            }
        }
        try write(confirms)
    }

    private func write(_ confirms: Confirms?) throws {
        guard let confirms else { return }
        let isAlone = try publications.isAlone(confirms.run)
        for run in isAlone ? [confirms.run] : confirms.rows.map({ MessageRun($0) }) {
            try publications.confirm(
                run, attempt: confirms.attempt, heldUntil: confirms.heldUntil, heldBefore: confirms.heldBefore,
                at: confirms.at)
        }
    }
}
