import GRDB
import RefundMessages
import RefundWorker

/// What other systems have said of the cases. It leaves with its case.
struct WordTable {
    private let find: BoundStatement
    private let insert: BoundStatement

    init(_ database: Database) throws {
        find = try BoundStatement("SELECT 1 FROM words WHERE case_id = ? AND digest = ?", in: database)
        insert = try BoundStatement("INSERT OR IGNORE INTO words (case_id, digest) VALUES (?, ?)", in: database)
    }

    func holds(_ word: SaidWord, of id: CaseID) throws -> Bool {
        try find.first(
            {
                $0.add(id.number)
                $0.add(word.digest.bytes)
            }, as: { _ in true }) != nil
    }

    func append(_ word: SaidWord, of id: CaseID) throws {
        try insert.run {
            $0.add(id.number)
            $0.add(word.digest.bytes)
        }
    }
}
