import RefundMessages
import RefundPolicy
import RefundWorker

/// The versions of the policy that cases were decided by: each is written once, and read once for each connection.
struct PolicyRows {
    static let statements = [insert, find, read]

    /// Gives a row only to whoever writes the text first.
    private static let insert = Statement(
        "policy_insert", "INSERT INTO policies (text) VALUES ($1) ON CONFLICT (digest) DO NOTHING")

    private static let find = Statement(
        "policy_find",
        """
        SELECT id FROM policies
        WHERE digest = sha256(decode(replace($1, '\\', '\\\\'), 'escape')) AND text = $1
        """)

    private static let read = Statement("policy_read", "SELECT id, text FROM policies WHERE id = ANY($1::bigint[])")

    /// Which row an object is kept in. Holds the object, so that its identity stays its own.
    private var rows: [ObjectIdentifier: (policy: KeptPolicy, row: Int64)] = [:]
    private var versions: [Int64: Result<PolicyVersion, DeadLetterReason>] = [:]
    /// What the running transaction has added: forgotten with it if it fails.
    private var added: [ObjectIdentifier] = []

    /// How many are remembered; a worker has one object for each version of its policy file.
    private static let remembered = 256

    /// The rows of policies, which are written if no equal text is there.
    mutating func rows(
        of policies: [KeptPolicy], on connection: Connection
    ) throws(PostgresFailure) -> [ObjectIdentifier: Int64] {
        var found: [ObjectIdentifier: Int64] = [:]
        for policy in policies {
            let object = ObjectIdentifier(policy)
            guard found[object] == nil else { continue }
            if let known = rows[object] {
                found[object] = known.row
            } else {
                found[object] = try write(policy, on: connection)
            }
        }
        return found
    }

    private mutating func write(_ policy: KeptPolicy, on connection: Connection) throws(PostgresFailure) -> Int64 {
        let results = try connection.exchange(
            [.run(PolicyRows.insert) { $0.add(policy.text) }, .run(PolicyRows.find) { $0.add(policy.text) }],
            within: Session.patience)
        guard let row = results.last?.first({ $0.integer(0) }) else { throw .refused(.rowsMissing, nil) }
        if rows.count >= PolicyRows.remembered { rows.removeAll() }
        rows[ObjectIdentifier(policy)] = (policy, row)
        added.append(ObjectIdentifier(policy))
        return row
    }

    /// Reads the versions in those rows that are not known yet.
    mutating func learn(_ needed: Set<Int64>, on connection: Connection) throws(PostgresFailure) {
        let unknown = needed.filter { versions[$0] == nil }.sorted()
        guard !unknown.isEmpty else { return }
        if versions.count >= PolicyRows.remembered { versions.removeAll() }
        let result = try connection.exchange(
            .run(PolicyRows.read) { $0.add(.bigint, unknown) { $1.add($0) } }, within: Session.patience)
        for row in result.rows {
            let number = row.integer(0)
            versions[number] = PolicyRows.version(row.text(1), row: number)
        }
    }

    func version(row: Int64) -> Result<PolicyVersion, DeadLetterReason> {
        versions[row] ?? .failure(.unprocessable(problem: "the case's policy \(row) is not stored"))
    }

    private static func version(_ text: String, row: Int64) -> Result<PolicyVersion, DeadLetterReason> {
        do throws(PolicyError) {
            return .success(try PolicyVersion(yaml: text, fileName: "stored policy \(row)"))
        } catch {
            return .failure(.unprocessable(problem: "the case's policy can't be read: \(error)"))
        }
    }

    /// The transaction is over: its rows are there, or not.
    mutating func settle(isCommitted: Bool) {
        if !isCommitted { for object in added { rows[object] = nil } }
        added.removeAll()
    }
}
