import GRDB
import RefundMessages
import RefundPolicy
import RefundWorker

/// The versions of the policy that cases were decided by: each is written once, and read once.
final class PolicyTable {
    private let find: BoundStatement
    private let insert: BoundStatement
    private let versions: KnownVersions
    /// Which row an object is kept in. Holds the object, so that its identity stays its own.
    private var rows: [ObjectIdentifier: (policy: KeptPolicy, row: Int64)] = [:]

    /// How many objects are remembered; a worker has one for each version of its policy file.
    private static let remembered = 256

    init(_ database: Database, versions: KnownVersions) throws {
        find = try BoundStatement("SELECT id FROM policies WHERE text = ?", in: database)
        insert = try BoundStatement("INSERT INTO policies (text) VALUES (?)", in: database)
        self.versions = versions
    }

    /// The row of a policy, which is written if no equal text is there.
    func row(of policy: KeptPolicy) throws -> Int64 {
        if let known = rows[ObjectIdentifier(policy)] { return known.row }
        var row: Int64?
        try find.forEachRow {
            $0.add(policy.text)
        } _: {
            row = $0.integer(0)
        }
        if row == nil {
            try insert.run { $0.add(policy.text) }
            row = insert.insertedRowNumber
        }
        guard let row else { return 0 }
        if rows.count >= PolicyTable.remembered { rows.removeAll() }
        rows[ObjectIdentifier(policy)] = (policy, row)
        versions.learn(policy.version, row: row)
        return row
    }

    /// After a rollback, when rows that were just written are gone.
    func forget() {
        rows.removeAll()
        versions.forget()
    }
}

/// The versions that were read from the store or written to it, by their rows.
final class KnownVersions {
    private let read: BoundStatement
    private var versions: [Int64: PolicyVersion] = [:]

    private static let remembered = 256

    init(_ database: Database) throws {
        read = try BoundStatement("SELECT text FROM policies WHERE id = ?", in: database)
    }

    /// - Throws: `DeadLetterReason.unprocessable` when the text can't be read; what SQLite failed with otherwise.
    func version(row: Int64) throws -> PolicyVersion {
        if let known = versions[row] { return known }
        var text: String?
        try read.forEachRow {
            $0.add(row)
        } _: {
            text = $0.text(0)
        }
        guard let text else { throw DeadLetterReason.unprocessable(problem: "the case's policy \(row) is not stored") }
        let policy: Policy
        do throws(PolicyError) {
            policy = try Policy(yaml: text, fileName: "stored policy \(row)")
        } catch {
            throw DeadLetterReason.unprocessable(problem: "the case's policy can't be read: \(error)")
        }
        guard let version = policy.versions.first else {
            throw DeadLetterReason.unprocessable(problem: "the stored policy \(row) has no version")
        }
        learn(version, row: row)
        return version
    }

    func learn(_ version: PolicyVersion, row: Int64) {
        if versions.count >= KnownVersions.remembered { versions.removeAll() }
        versions[row] = version
    }

    func forget() {
        versions.removeAll()
    }
}
