import GRDB
import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker

/// The cases as they stand; `cases_line`, `cases_identity` and `request_id` hold what must never be broken.
struct CaseTable {
    private let insertCase: BoundStatement
    private let updateCase: BoundStatement
    private let postponeCase: BoundStatement
    private let codec = CaseStateCodec()

    init(_ database: Database) throws {
        insertCase = try BoundStatement(
            """
            INSERT INTO cases (
                status, holds_line, paid_after_end, refund, deadline, due_at, state,
                request_id, invoice_number, service_id, subscription_id, invoice_key, service_key, subscription_key,
                own_line, paid, currency, total, total_currency, proof,
                submitted_at, opened_at, respond_by, refund_by, policy_id, traceparent
            ) VALUES (
                ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?
            )
            """, in: database)
        updateCase = try BoundStatement(
            """
            UPDATE cases SET
                status = ?, holds_line = ?, paid_after_end = ?, refund = ?, deadline = ?, due_at = ?, state = ?
            WHERE id = ?
            """, in: database)
        postponeCase = try BoundStatement("UPDATE cases SET due_at = ? WHERE id = ?", in: database)
    }

    func insert(_ refundCase: RefundCase, policyRow: Int64) throws -> CaseID {
        let state = codec.encode(refundCase)
        let request = refundCase.request
        let line = request.line
        try insertCase.run { values in
            values.addStanding(of: refundCase, state: state)
            values.add(request.id.text)
            values.add(line, line.identity)
            values.add(refundCase.isOnOwnLine)
            values.add(request.invoice.paid)
            values.add(request.invoice.total)
            values.add(request.proofUse?.mark)
            values.add(request.submittedAt.microsecondsSinceEpoch)
            values.add(refundCase.openedAt.microsecondsSinceEpoch)
            values.add(refundCase.respondBy.microsecondsSinceEpoch)
            values.add(refundCase.refundBy.microsecondsSinceEpoch)
            values.add(policyRow)
            values.add(refundCase.traceparent)
        }
        return CaseID(insertCase.insertedRowNumber)
    }

    func postpone(_ postponement: CasePostponement) throws {
        try postponeCase.run { values in
            values.add(postponement.until?.microsecondsSinceEpoch)
            values.add(postponement.id.number)
        }
    }

    /// - Throws: `StoreError` `.refused` when there is no such case.
    func update(_ id: CaseID, to refundCase: RefundCase) throws {
        let state = codec.encode(refundCase)
        let changed = try updateCase.run { values in
            values.addStanding(of: refundCase, state: state)
            values.add(id.number)
        }
        guard changed == 1 else {
            throw StoreError(
                .refused, operation: "write", problem: "the case \(id.number) is not stored",
                remedy: "check whether the store was replaced while the worker ran")
        }
    }
}

extension Bindings {
    /// What changes in a case's life, in the order in which both statements name it.
    fileprivate mutating func addStanding(of refundCase: RefundCase, state: String) {
        add(refundCase.state.status.rawValue)
        add(refundCase.holdsLine)
        add(refundCase.isPaidAfterEnd)
        add(refundCase.state.fulfilment?.refund.minorUnits)
        add(refundCase.listedDeadline?.microsecondsSinceEpoch)
        add(refundCase.dueAt?.microsecondsSinceEpoch)
        add(state)
    }
}
