import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker

/// A case's row with its first event, as every query that reads whole cases selects them.
struct StoredCase {
    /// The columns, for `cases AS c` joined with `events AS e` by `join`.
    static let columns = "c.id, c.status, c.opened_at, c.policy_id, c.state, e.body, c.request_id"
    /// The opening of each case is its event 0.
    static let join = "JOIN events AS e ON e.id = c.id << \(RowNumber.placeBits)"

    let id: CaseID
    /// `nil` where only a newer worker can read it.
    let requestID: RequestID?
    let policyRow: Int64
    private let status: String
    private let openedAt: Instant
    private let state: String
    private let requestBody: [UInt8]

    /// How many bytes of it are to be decoded.
    var size: Int { state.utf8.count + requestBody.count }

    /// A row that is named, and had no room for the rest.
    static func isNameAlone(_ row: ResultRow) -> Bool { row.isNull(4) }

    init(_ row: ResultRow) {
        id = CaseID(row.integer(0))
        status = row.text(1)
        openedAt = row.instant(2)
        policyRow = row.integer(3)
        state = row.text(4)
        requestBody = row.bytes(5)
        requestID = RequestID(row.text(6))
    }

    /// The case that the row keeps, or why it can't be read; one such case must not stop the others.
    func decoded(
        under version: Result<PolicyVersion, DeadLetterReason>, decoder: InboundDecoder
    ) -> Result<RefundCase, DeadLetterReason> {
        do throws(DeadLetterReason) {
            return .success(try read(under: version, decoder: decoder))
        } catch {
            return .failure(error)
        }
    }

    /// The case that the row keeps.
    ///
    /// - Throws: `DeadLetterReason.unprocessable` when it can't be read.
    func read(
        under version: Result<PolicyVersion, DeadLetterReason>, decoder: InboundDecoder
    ) throws(DeadLetterReason) -> RefundCase {
        guard let status = CaseStatus(rawValue: status) else {
            throw .unprocessable(problem: "the stored case has an unknown status")
        }
        let policy = try version.get()
        let request = try decoder.decodeStoredRequest(requestBody, under: policy)
        return try CaseStateCodec().decode(
            state, status: status, request: request, policy: policy, openedAt: openedAt)
    }
}
