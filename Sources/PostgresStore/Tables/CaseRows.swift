import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker

/// Writes the cases as they stand; `cases_line`, `cases_identity` and `cases_request` hold what must never be broken.
enum CaseRows {
    static let statements = [insert, update, postpone]

    static let insert = Statement(
        "case_insert",
        """
        INSERT INTO cases (
            id, status, holds_line, paid_after_end, refund, deadline, due_at, state,
            request_id, invoice_number, service_id, subscription_id, currency, paid,
            submitted_at, opened_at, respond_by, refund_by, policy_id, traceparent,
            invoice_key, service_key, subscription_key, own_line, total, total_currency, proof
        ) SELECT * FROM unnest(
            $1::bigint[], $2::text[], $3::boolean[], $4::boolean[], $5::bigint[], $6::bigint[], $7::bigint[],
            $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::bigint[],
            $15::bigint[], $16::bigint[], $17::bigint[], $18::bigint[], $19::bigint[], $20::text[],
            $21::text[], $22::text[], $23::text[], $24::boolean[], $25::bigint[], $26::text[], $27::bigint[])
        """)

    static let update = Statement(
        "case_update",
        """
        WITH changed AS (
            UPDATE cases AS c SET
                status = n.status, holds_line = n.holds_line, paid_after_end = n.paid_after_end, refund = n.refund,
                deadline = n.deadline, due_at = n.due_at, state = n.state
            FROM unnest(
                $1::bigint[], $2::text[], $3::boolean[], $4::boolean[], $5::bigint[], $6::bigint[], $7::bigint[],
                $8::text[]
            ) AS n (id, status, holds_line, paid_after_end, refund, deadline, due_at, state)
            WHERE c.id = n.id RETURNING 1
        ) SELECT expect_rows(count(*), $9::bigint) FROM changed
        """)

    static let postpone = Statement(
        "case_postpone",
        """
        UPDATE cases AS c SET due_at = n.due_at FROM unnest($1::bigint[], $2::bigint[]) AS n (id, due_at)
        WHERE c.id = n.id
        """)

    /// A case to be inserted, or to be updated.
    struct Row {
        var id: CaseID
        var refundCase: RefundCase
        var state: String
        /// Of a new case.
        var policyRow: Int64?

        init(_ id: CaseID, _ refundCase: RefundCase, policyRow: Int64? = nil) {
            self.id = id
            self.refundCase = refundCase
            self.policyRow = policyRow
            state = CaseStateCodec().encode(refundCase)
        }
    }

    /// Lines are given up before others take them, in whatever order the changes came; and two transactions that fight
    /// over lines or ids do so in one order, so that neither waits for the other.
    static func commands(inserting new: [Row], updating known: [Row]) -> [Command] {
        var commands: [Command] = []
        for holdsLine in [false, true] {
            let rows = known.filter { $0.refundCase.holdsLine == holdsLine }.sorted { $0.id.number < $1.id.number }
            guard !rows.isEmpty else { continue }
            commands.append(
                .run(update) { values in
                    values.addStanding(of: rows)
                    values.add(rows.count)
                })
        }
        guard !new.isEmpty else { return commands }
        let rows = new.map { (key: SortKey($0.refundCase.request), row: $0) }.sorted { $0.key < $1.key }.map(\.row)
        commands.append(
            .run(insert) { values in
                values.addStanding(of: rows)
                values.addOpening(of: rows)
            })
        return commands
    }

    static func command(postponing postponements: [CasePostponement]) -> Command? {
        guard !postponements.isEmpty else { return nil }
        return .run(postpone) { values in
            values.add(.bigint, postponements) { $1.add($0.id.number) }
            values.add(.bigint, postponements) { $1.add($0.until) }
        }
    }

    /// The order of inserts: by the line, and then by the request.
    private struct SortKey: Comparable {
        let parts: [String]

        init(_ request: RefundRequest) {
            let line = request.line
            parts = [line.invoiceNumber, line.serviceID, line.subscriptionID ?? "", request.id.text]
        }

        static func < (left: SortKey, right: SortKey) -> Bool {
            left.parts.lexicographicallyPrecedes(right.parts)
        }
    }
}

extension Parameters {
    /// What changes in a case's life, in the order in which both statements name it.
    fileprivate mutating func addStanding(of rows: [CaseRows.Row]) {
        add(.bigint, rows) { $1.add($0.id.number) }
        add(.text, rows) { $1.add($0.refundCase.state.status.rawValue) }
        add(.boolean, rows) { $1.add($0.refundCase.holdsLine) }
        add(.boolean, rows) { $1.add($0.refundCase.isPaidAfterEnd) }
        add(.bigint, rows) { $1.add($0.refundCase.state.fulfilment?.refund.minorUnits) }
        add(.bigint, rows) { $1.add($0.refundCase.listedDeadline) }
        add(.bigint, rows) { $1.add($0.refundCase.dueAt) }
        add(.text, rows) { $1.add($0.state) }
    }

    fileprivate mutating func addOpening(of rows: [CaseRows.Row]) {
        add(.text, rows) { $1.add($0.refundCase.id.text) }
        let lines = rows.map(\.refundCase.request.line)
        add(.text, lines) { $1.add($0.invoiceNumber) }
        add(.text, lines) { $1.add($0.serviceID) }
        add(.text, lines) { $1.add($0.subscriptionID ?? "") }
        add(.text, rows) { $1.add($0.refundCase.request.invoice.paid.currency.code) }
        add(.bigint, rows) { $1.add($0.refundCase.request.invoice.paid.minorUnits) }
        add(.bigint, rows) { $1.add($0.refundCase.request.submittedAt) }
        add(.bigint, rows) { $1.add($0.refundCase.openedAt) }
        add(.bigint, rows) { $1.add($0.refundCase.respondBy) }
        add(.bigint, rows) { $1.add($0.refundCase.refundBy) }
        add(.bigint, rows) { $1.add($0.policyRow) }
        add(.text, rows) { $1.add($0.refundCase.traceparent) }
        let identities = lines.map(\.identity)
        add(.text, identities) { $1.add($0.invoice) }
        add(.text, identities) { $1.add($0.service) }
        add(.text, identities) { $1.add($0.subscription) }
        add(.boolean, rows) { $1.add($0.refundCase.isOnOwnLine) }
        add(.bigint, rows) { $1.add($0.refundCase.request.invoice.total?.minorUnits) }
        add(.text, rows) { $1.add($0.refundCase.request.invoice.total?.currency.code) }
        add(.bigint, rows) { $1.add($0.refundCase.request.proofUse?.mark) }
    }
}
