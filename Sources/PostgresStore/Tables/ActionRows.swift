import RefundCase
import RefundPolicy
import RefundWorker

/// What people have done, for ever: also once the case is archived.
enum ActionRows {
    static let statements = [find, insert]

    private static let columns = "action_id, at, request_id, kind, by, refusal_code, refusal_detail, by_user"

    private static let find = Statement(
        "action_find", "SELECT \(columns) FROM actions WHERE action_id = ANY($1::text[])")

    private static let insert = Statement(
        "action_insert",
        """
        INSERT INTO actions (\(columns)) SELECT * FROM unnest(
            $1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
        """)

    static func command(finding ids: [ActionID]) -> Command {
        .run(find) { $0.add(.text, ids) { $1.add($0.text) } }
    }

    /// In one order, so that two transactions that fight over ids never wait for each other.
    static func command(appending actions: [RecordedAction]) -> Command? {
        guard !actions.isEmpty else { return nil }
        let rows = actions.sorted { $0.id.text < $1.id.text }
        return .run(insert) { values in
            values.add(.text, rows) { $1.add($0.id.text) }
            values.add(.bigint, rows) { $1.add($0.at) }
            values.add(.text, rows) { $1.add($0.requestID?.text) }
            values.add(.text, rows) { $1.add($0.kind) }
            values.add(.text, rows) { $1.add($0.by.by.withoutZeros) }
            values.add(.text, rows) { $1.add($0.refusal?.code) }
            values.add(.text, rows) { $1.add($0.refusal?.detail.withoutZeros) }
            values.add(.text, rows) { $1.add($0.by.user?.withoutZeros) }
        }
    }
}

extension RecordedAction {
    /// `nil` where only a newer worker can read it.
    init?(_ row: ResultRow) {
        guard let id = ActionID(row.text(0)) else { return nil }
        self.init(
            id: id, at: row.instant(1), requestID: row.optionalText(2).flatMap { RequestID($0) }, kind: row.text(3),
            by: Signature(row.text(4), user: row.optionalText(7)),
            refusal: row.optionalText(5).map { Refusal(code: $0, detail: row.text(6)) })
    }
}
