import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker

/// A case's row with its first event, as every query that reads whole cases selects them.
struct StoredCase {
    /// The columns, for `cases AS c` joined with `events AS e` by `join`.
    static let columns = "c.id, c.status, c.opened_at, c.policy_id, c.state, e.body"
    /// The opening of each case is its event 0.
    static let join = "JOIN events AS e ON e.id = c.id << \(RowNumber.placeBits)"

    let id: CaseID
    private let status: String
    private let openedAt: Instant
    private let policyRow: Int64
    private let state: String
    private let requestBody: [UInt8]

    /// How many bytes of it are to be decoded.
    var size: Int { state.utf8.count + requestBody.count }

    init(_ row: ResultRow) {
        id = CaseID(row.integer(0))
        status = row.text(1)
        openedAt = Instant(microsecondsSinceEpoch: row.integer(2))
        policyRow = row.integer(3)
        state = row.text(4)
        requestBody = row.bytes(5)
    }

    /// The case that the row keeps, or why it can't be read; one such case must not stop the others.
    ///
    /// - Throws: what SQLite failed with.
    func decoded(versions: KnownVersions, decoder: InboundDecoder) throws -> Result<RefundCase, DeadLetterReason> {
        do {
            guard let status = CaseStatus(rawValue: status) else {
                throw DeadLetterReason.unprocessable(problem: "the stored case has an unknown status")
            }
            let version = try versions.version(row: policyRow)
            let request = try decoder.decodeStoredRequest(requestBody, under: version)
            return .success(
                try CaseStateCodec().decode(
                    state, status: status, request: request, policy: version, openedAt: openedAt))
        } catch let reason as DeadLetterReason {
            return .failure(reason)
        }
    }
}
