import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker

/// What is left of archived cases.
enum ArchivedRows {
    /// Costs nothing as long as nothing was ever archived.
    static let find = Statement(
        "archived_find",
        """
        SELECT \(ArchivedCase.columns) FROM archived
        WHERE request_id = ANY($1::text[]) AND EXISTS (SELECT 1 FROM archived)
        """)

    static func command(finding requests: [RequestID]) -> Command {
        .run(find) { $0.add(.text, requests) { $1.add($0.text) } }
    }

    /// An absent subscription is the empty text (`Tables`).
    static func command(adding cases: [ArchivedCase]) -> Command {
        .run(
            """
            INSERT INTO archived (\(ArchivedCase.columns), service_key, subscription_key)
            SELECT * FROM unnest(
                $1::text[], $2::bytea[], $3::text[], $4::bigint[], $5::boolean[], $6::text[], $7::text[], $8::text[],
                $9::bigint[], $10::text[], $11::bigint[], $12::text[], $13::bigint[], $14::text[], $15::text[],
                $16::text[])
            """
        ) { values in
            values.add(.text, cases) { $1.add($0.requestID.text) }
            values.add(.bytes, cases) { $1.add($0.digest.bytes) }
            values.add(.text, cases) { $1.add($0.status.rawValue) }
            values.add(.bigint, cases) { $1.add($0.archivedAt) }
            values.add(.boolean, cases) { $1.add($0.hasPaidNothing) }
            values.add(.text, cases) { $1.add($0.line?.invoiceNumber) }
            values.add(.text, cases) { $1.add($0.line?.serviceID) }
            values.add(.text, cases) { $1.add($0.line.map { $0.subscriptionID ?? "" }) }
            values.add(.bigint, cases) { $1.add($0.paid?.minorUnits) }
            values.add(.text, cases) { $1.add($0.paid?.currency.code) }
            values.add(.bigint, cases) { $1.add($0.total?.minorUnits) }
            values.add(.text, cases) { $1.add($0.total?.currency.code) }
            values.add(.bigint, cases) { $1.add($0.proof?.mark) }
            let identities = cases.map { $0.line?.identity }
            values.add(.text, identities) { $1.add($0?.invoice) }
            values.add(.text, identities) { $1.add($0?.service) }
            values.add(.text, identities) { $1.add($0?.subscription) }
        }
    }
}

extension ArchivedCase {
    /// The columns that `init` reads.
    static let columns = """
        request_id, content_digest, status, archived_at, has_paid_nothing, invoice_number, service_id, subscription_id,
        paid, currency, total, total_currency, proof, invoice_key
        """

    /// - Throws: `StoreError` when only a newer worker can read it.
    init(_ row: ResultRow) throws(StoreError) {
        guard let requestID = RequestID(row.text(0)), let digest = ContentDigest(row.bytes(1)),
            let status = CaseStatus(rawValue: row.text(2))
        else {
            throw StoreError(
                .refused, operation: "read",
                problem: "an archived case is of a kind that this version does not know",
                remedy: "run the version that archived it")
        }
        self.init(
            requestID: requestID, digest: digest, status: status,
            line: row.optionalText(5).map {
                InvoiceLine(invoiceNumber: $0, serviceID: row.text(6), subscriptionID: row.text(7))
            },
            archivedAt: row.instant(3))
        hasPaidNothing = row.boolean(4)
        paid = row.money(8)
        total = row.money(10)
        proof = row.optionalInteger(12).map { ProofUse(mark: $0, invoice: row.text(13)) }
    }
}
