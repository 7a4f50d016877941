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
        let row = try storedRow(of: policy.text) ?? insertedRow(of: policy.text)
        if rows.count >= PolicyTable.remembered { rows.removeAll() }
        rows[ObjectIdentifier(policy)] = (policy, row)
        versions.learn(policy.version, row: row)
        return row
    }

    private func storedRow(of text: String) throws -> Int64? {
        try find.first({ $0.add(text) }, as: { $0.integer(0) })
    }

    private func insertedRow(of text: String) throws -> Int64 {
        try insert.run { $0.add(text) }
        return insert.insertedRowNumber
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
        let stored = try read.first({ $0.add(row) }, as: { $0.text(0) })
        guard let stored else {
            throw DeadLetterReason.unprocessable(problem: "the case's policy \(row) is not stored")
        }
        do throws(PolicyError) {
            let version = try PolicyVersion(yaml: stored, fileName: "stored policy \(row)")
            learn(version, row: row)
            return version
        } catch {
            throw DeadLetterReason.unprocessable(problem: "the case's policy can't be read: \(error)")
        }
    }

    func learn(_ version: PolicyVersion, row: Int64) {
        if versions.count >= KnownVersions.remembered { versions.removeAll() }
        versions[row] = version
    }

    func forget() {
        versions.removeAll()
    }
}
