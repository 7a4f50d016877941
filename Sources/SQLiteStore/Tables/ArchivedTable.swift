import GRDB
import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker

/// What is left of archived cases.
struct ArchivedTable {
    private let findAny: BoundStatement
    private let find: BoundStatement

    init(_ database: Database) throws {
        findAny = try BoundStatement("SELECT 1 FROM archived LIMIT 1", in: database)
        find = try BoundStatement(
            "SELECT \(ArchivedCase.columns) FROM archived WHERE request_id = ?", in: database)
    }

    /// Nothing was ever archived, so that nothing needs to be looked up.
    func isEmpty() throws -> Bool {
        try findAny.first({ _ in }, as: { _ in true }) == nil
    }

    func find(_ request: RequestID) throws -> ArchivedCase? {
        try find.first({ $0.add(request.text) }, as: { try ArchivedCase($0) })
    }
}

extension ArchivedCase {
    /// The columns that `init` reads.
    static let columns = """
        request_id, content_digest, status, archived_at, has_paid_nothing, invoice_number, service_id, subscription_id,
        paid, currency, total, total_currency, proof, invoice_key
        """

    /// Those that a new row has besides: the rest of the line's identity.
    static let newColumns = "\(columns), service_key, subscription_key"

    /// - Throws: `StoreError` when only a newer worker can read it.
    init(_ row: ResultRow) throws {
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
            archivedAt: Instant(microsecondsSinceEpoch: row.integer(3)))
        hasPaidNothing = row.integer(4) != 0
        paid = row.money(8)
        total = row.money(10)
        proof = row.optionalInteger(12).map { ProofUse(mark: $0, invoice: row.text(13)) }
    }
}

extension Bindings {
    /// All of `ArchivedCase.newColumns`. An absent subscription is the empty text (`Schema`).
    mutating func add(_ archived: ArchivedCase) {
        add(archived.requestID.text)
        add(archived.digest.bytes)
        add(archived.status.rawValue)
        add(archived.archivedAt.microsecondsSinceEpoch)
        add(archived.hasPaidNothing)
        let identity = archived.line?.identity
        add(archived.line?.invoiceNumber)
        add(archived.line?.serviceID)
        add(archived.line.map { $0.subscriptionID ?? "" })
        add(archived.paid)
        add(archived.total)
        add(archived.proof?.mark)
        add(identity?.invoice)
        add(identity?.service)
        add(identity?.subscription)
    }
}
