import RefundPolicy
import RefundWorker

/// Notes about messages that went to `refund.dead`.
enum DeadLetterRows {
    static let statements = [insert]

    private static let insert = Statement(
        "dead_letter_insert",
        """
        INSERT INTO dead_letters (at, code, detail, source_queue, message_id, request_id)
        SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
        """)

    static func command(appending notes: [DeadLetterNote]) -> Command? {
        guard !notes.isEmpty else { return nil }
        return .run(insert) { values in
            values.add(.bigint, notes) { $1.add($0.at) }
            values.add(.text, notes) { $1.add($0.code) }
            values.add(.text, notes) { $1.add($0.detail.withoutZeros) }
            values.add(.text, notes) { $1.add($0.sourceQueue) }
            values.add(.text, notes) { $1.add($0.messageID?.withoutZeros) }
            values.add(.text, notes) { $1.add($0.requestID?.text) }
        }
    }
}

extension String {
    /// The text as PostgreSQL can keep it: U+0000 is the one character that its texts can't hold.
    var withoutZeros: String {
        utf8.contains(0) ? split(separator: "\0", omittingEmptySubsequences: false).joined(separator: "\u{FFFD}") : self
    }
}
