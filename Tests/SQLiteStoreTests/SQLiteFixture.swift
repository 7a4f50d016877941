import Foundation
import GRDB
import RefundPolicy
import RefundWorker
import SQLiteStore
import StoreConformance

/// A store in a directory of its own, which goes with the fixture.
final class SQLiteFixture: StoreFixture {
    let directory: URL
    /// Moves to another file with each crash.
    private(set) var path: String
    private var crashes = 0

    init() throws {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("sqlite-store-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        path = directory.appendingPathComponent("cases.sqlite").path
    }

    deinit {
        try? FileManager.default.removeItem(at: directory)
    }

    func openStore() throws -> any CaseStore {
        try SQLiteStore(path: path)
    }

    func openReader() throws -> any CaseSurvey {
        try SQLiteCaseReader(path: path)
    }

    func openArchive() throws -> any CaseArchive {
        try SQLiteCaseArchive(path: path)
    }

    func close(_ store: any CaseStore) throws {
        (store as? SQLiteStore)?.close()
    }

    /// The store stays as it is; the files as they are at this moment become the fixture's. The index of the log
    /// (`-shm`) is left behind: it is memory that a crash takes along.
    func crash(_ store: any CaseStore) throws {
        crashes += 1
        let next = directory.appendingPathComponent("cases-\(crashes).sqlite").path
        for suffix in ["", "-wal"] where FileManager.default.fileExists(atPath: path + suffix) {
            try Data(contentsOf: URL(fileURLWithPath: path + suffix)).write(to: URL(fileURLWithPath: next + suffix))
        }
        path = next
    }

    func whileHeldByAnother(_ body: () throws -> Void) throws {
        try withConnection { database in
            try database.beginTransaction(.immediate)
            defer { try? database.rollback() }
            try body()
        }
    }

    func damageState(of id: RequestID) throws {
        try withConnection { database in
            try database.execute(sql: "UPDATE cases SET state = '{' WHERE request_id = ?", arguments: [id.text])
        }
    }

    func deadLetters() throws -> [DeadLetterNote] {
        try withConnection { database in
            try Row.fetchAll(database, sql: "SELECT * FROM dead_letters ORDER BY id").map { row in
                DeadLetterNote(
                    at: Instant(microsecondsSinceEpoch: row["at"]), code: row["code"], detail: row["detail"],
                    sourceQueue: row["source_queue"], messageID: row["message_id"],
                    requestID: (row["request_id"] as String?).flatMap { RequestID($0) })
            }
        }
    }

    func identity(of store: any CaseStore) -> StoreIdentity? {
        (store as? SQLiteStore)?.identity
    }

    private var copy: String { path + ".copy" }
    private var aside: String { path + ".aside" }

    func keepCopy() throws {
        let (from, to) = (try DatabaseQueue(path: path), try DatabaseQueue(path: copy))
        try from.backup(to: to)
        try to.close()
        try from.close()
    }

    func exchange(_ exchange: StoreExchange) throws {
        switch exchange {
        case .nothing: try FileManager.default.moveItem(atPath: path, toPath: aside)
        case .anotherStore:
            let other = directory.appendingPathComponent("other.sqlite").path
            try SQLiteStore(path: other).close()
            try FileManager.default.moveItem(atPath: path, toPath: aside)
            try FileManager.default.moveItem(atPath: other, toPath: path)
        case .earlierCopy:
            // As `.restore` of sqlite3 does it.
            let (from, to) = (try DatabaseQueue(path: copy), try DatabaseQueue(path: path))
            try from.backup(to: to)
            try to.close()
            try from.close()
        case .back:
            try? FileManager.default.removeItem(atPath: path)
            try FileManager.default.moveItem(atPath: aside, toPath: path)
        }
    }

    func keptPolicies() throws -> Int {
        try withConnection { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM policies") ?? 0 }
    }

    /// A connection beside the store's.
    func withConnection<Value>(_ body: (Database) throws -> Value) throws -> Value {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        return try queue.inDatabase(body)
    }
}
