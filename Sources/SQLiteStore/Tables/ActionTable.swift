import GRDB
import RefundCase
import RefundPolicy
import RefundWorker

/// What people have done, for ever: also once the case is archived.
struct ActionTable {
    private let find: BoundStatement
    private let insert: BoundStatement

    init(_ database: Database) throws {
        find = try BoundStatement(
            """
            SELECT action_id, at, request_id, kind, by, refusal_code, refusal_detail, by_user FROM actions WHERE action_id = ?
            """, in: database)
        insert = try BoundStatement(
            """
            INSERT INTO actions (action_id, at, request_id, kind, by, refusal_code, refusal_detail, by_user)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """, in: database)
    }

    func find(_ id: ActionID) throws -> RecordedAction? {
        try find.first({ $0.add(id.text) }, as: { RecordedAction(id, $0) })
    }

    func append(_ actions: [RecordedAction]) throws {
        for action in actions {
            try insert.run { values in
                values.add(action.id.text)
                values.add(action.at.microsecondsSinceEpoch)
                values.add(action.requestID?.text)
                values.add(action.kind)
                values.add(action.by.by)
                values.add(action.refusal?.code)
                values.add(action.refusal?.detail)
                values.add(action.by.user)
            }
        }
    }
}

extension RecordedAction {
    fileprivate init(_ id: ActionID, _ row: ResultRow) {
        self.init(
            id: id, at: Instant(microsecondsSinceEpoch: row.integer(1)),
            requestID: row.optionalText(2).flatMap { RequestID($0) }, kind: row.text(3),
            by: Signature(row.text(4), user: row.optionalText(7)),
            refusal: row.optionalText(5).map { Refusal(code: $0, detail: row.text(6)) })
    }
}
