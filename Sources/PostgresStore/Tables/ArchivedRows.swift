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

    /// An absent subscription is the empty text (`Tables`). A line that one was paid on after its end, and another settled on,
    /// is taken by whichever comes first.
    static func command(adding cases: [ArchivedCase]) -> Command {
        .run(
            """
            INSERT INTO archived (\(ArchivedCase.columns))
            SELECT n.request_id, n.digest, n.status, n.at, CASE WHEN n.is_first THEN n.invoice END,
                CASE WHEN n.is_first THEN n.service END, CASE WHEN n.is_first THEN n.subscription END
            FROM (
                SELECT *, NOT EXISTS (
                    SELECT 1 FROM archived AS a WHERE a.invoice_number = c.invoice AND a.service_id = c.service
                        AND a.subscription_id = c.subscription
                ) AND row_number() OVER (PARTITION BY c.invoice, c.service, c.subscription) = 1 AS is_first
                FROM unnest($1::text[], $2::bytea[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[])
                    AS c (request_id, digest, status, at, invoice, service, subscription)
            ) AS n
            """
        ) { values in
            values.add(.text, cases) { $1.add($0.requestID.text) }
            values.add(.bytes, cases) { $1.add($0.digest.bytes) }
            values.add(.text, cases) { $1.add($0.status.rawValue) }
            values.add(.bigint, cases) { $1.add($0.archivedAt) }
            values.add(.text, cases) { $1.add($0.line?.invoiceNumber) }
            values.add(.text, cases) { $1.add($0.line?.serviceID) }
            values.add(.text, cases) { $1.add($0.line.map { $0.subscriptionID ?? "" }) }
        }
    }
}

extension ArchivedCase {
    /// The columns that `init` reads.
    static let columns = "request_id, content_digest, status, archived_at, invoice_number, service_id, subscription_id"

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
        let subscription = row.text(6)
        self.init(
            requestID: requestID, digest: digest, status: status,
            line: row.optionalText(4).map {
                InvoiceLine(
                    invoiceNumber: $0, serviceID: row.text(5),
                    subscriptionID: subscription.isEmpty ? nil : subscription)
            },
            archivedAt: row.instant(3))
    }
}
