import RefundCase
import RefundPolicy
import RefundWorker

/// Keeps what became of publications, with as few statements as the rows allow. What is told of something that is not
/// there changes nothing.
struct PublicationRecording {
    let publications: PublicationTable
    let parking: ParkingTable

    /// Confirms of one attempt at one instant, whose rows follow each other.
    private struct Confirms {
        let attempt: Int
        let at: Instant
        var run: MessageRun
        /// Each of the rows.
        var rows: [Int64]

        mutating func extend(to row: Int64, attempt: Int, at: Instant) -> Bool {
            guard attempt == self.attempt, at == self.at, run.extend(to: row) else { return false }
            rows.append(row)
            return true
        }
    }

    func record(_ records: [PublicationRecord]) throws {
        var confirms: Confirms?
        for record in records {
            guard case .message(let key, let attempt) = record.key else {
                if case .deadLetter(let id) = record.key { try parking.record(id, record.result) }
                continue
            }
            let row = try RowNumber.of(key.ordinal.number, in: key.caseID)
            if record.result == .confirmed {
                if confirms?.extend(to: row, attempt: attempt, at: record.at) == true { continue }
                try write(confirms)
                confirms = Confirms(attempt: attempt, at: record.at, run: MessageRun(row), rows: [row])
            } else if case .failed(let reason, let nextAttemptAt) = record.result {
                // What was told before of the same sending is written before.
                try write(confirms)
                confirms = nil
                try publications.fail(row, attempt: attempt, reason: reason, nextAttemptAt: nextAttemptAt)
            }
        }
        try write(confirms)
    }

    private func write(_ confirms: Confirms?) throws {
        guard let confirms else { return }
        let isAlone = try publications.isAlone(confirms.run)
        for run in isAlone ? [confirms.run] : confirms.rows.map({ MessageRun($0) }) {
            try publications.confirm(run, attempt: confirms.attempt, at: confirms.at)
        }
    }
}
