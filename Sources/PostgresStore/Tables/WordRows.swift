import RefundMessages
import RefundPolicy
import RefundWorker

/// What other systems have said of the cases. It leaves with its case.
enum WordRows {
    static let statements = [find, insert]

    /// By the place of each word in the question.
    private static let find = Statement(
        "word_find",
        """
        SELECT n.place FROM unnest($1::text[], $2::bytea[]) WITH ORDINALITY AS n (request_id, digest, place)
        JOIN cases AS c ON c.request_id = n.request_id JOIN words AS w ON w.case_id = c.id AND w.digest = n.digest
        """)

    private static let insert = Statement(
        "word_insert",
        """
        INSERT INTO words (case_id, digest) SELECT * FROM unnest($1::bigint[], $2::bytea[]) ON CONFLICT DO NOTHING
        """)

    static func command(finding words: [SaidWord]) -> Command {
        .run(find) { values in
            values.add(.text, words) { $1.add($0.request.text) }
            values.add(.bytes, words) { $1.add($0.digest.bytes) }
        }
    }

    static func command(appending words: [(id: CaseID, word: SaidWord)]) -> Command? {
        guard !words.isEmpty else { return nil }
        return .run(insert) { values in
            values.add(.bigint, words) { $1.add($0.id.number) }
            values.add(.bytes, words) { $1.add($0.word.digest.bytes) }
        }
    }
}
