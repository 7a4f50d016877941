import GRDB
import RefundPolicy
import RefundWorker

/// Notes about messages that went to `refund.dead`.
struct DeadLetterTable {
    private let insert: BoundStatement

    init(_ database: Database) throws {
        insert = try BoundStatement(
            """
            INSERT INTO dead_letters (at, code, detail, source_queue, message_id, request_id) VALUES (?, ?, ?, ?, ?, ?)
            """, in: database)
    }

    func append(_ notes: [DeadLetterNote]) throws {
        for note in notes {
            try insert.run { values in
                values.add(note.at.microsecondsSinceEpoch)
                values.add(note.code)
                values.add(note.detail)
                values.add(note.sourceQueue)
                values.add(note.messageID)
                values.add(note.requestID?.text)
            }
        }
    }
}
