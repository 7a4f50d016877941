import GRDB
import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker

/// What is left of archived cases.
struct ArchivedTable {
    private let findAny: BoundStatement
    private let find: BoundStatement
    private let findLine: BoundStatement

    init(_ database: Database) throws {
        findAny = try BoundStatement("SELECT 1 FROM archived LIMIT 1", in: database)
        find = try BoundStatement(
            "SELECT \(ArchivedCase.columns) FROM archived WHERE request_id = ?", in: database)
        findLine = try BoundStatement(
            "SELECT 1 FROM archived WHERE invoice_number = ? AND service_id = ? AND subscription_id = ?", in: database)
    }

    /// Nothing was ever archived, so that nothing needs to be looked up.
    func isEmpty() throws -> Bool {
        try findAny.first({ _ in }, as: { _ in true }) == nil
    }

    func find(_ request: RequestID) throws -> ArchivedCase? {
        try find.first({ $0.add(request.text) }, as: { try ArchivedCase($0) })
    }

    /// Whether a settled case that was archived holds the line.
    func holds(_ line: InvoiceLine) throws -> Bool {
        try findLine.first({ $0.add(line) }, as: { _ in true }) != nil
    }
}

extension ArchivedCase {
    /// The columns that `init` reads.
    static let columns = "request_id, content_digest, status, archived_at, invoice_number, service_id, subscription_id"

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
        let subscription = row.text(6)
        self.init(
            requestID: requestID, digest: digest, status: status,
            line: row.optionalText(4).map {
                InvoiceLine(
                    invoiceNumber: $0, serviceID: row.text(5),
                    subscriptionID: subscription.isEmpty ? nil : subscription)
            },
            archivedAt: Instant(microsecondsSinceEpoch: row.integer(3)))
    }
}

extension Bindings {
    /// The line's three columns; all NULL for none. An absent subscription is the empty text (`Schema`).
    mutating func add(_ line: InvoiceLine?) {
        add(line?.invoiceNumber)
        add(line?.serviceID)
        add(line.map { $0.subscriptionID ?? "" })
    }
}
