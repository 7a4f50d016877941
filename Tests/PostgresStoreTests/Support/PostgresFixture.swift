import Foundation
import RefundMessages
import RefundPolicy
import RefundWorker
import StoreConformance

@testable import PostgresStore

/// A store in a schema of its own, which goes with the fixture, on the server that `deploy/test` has started.
final class PostgresFixture: StoreFixture {
    let schema = "t" + UUID().uuidString.lowercased().filter { $0 != "-" }
    /// The store's place, with a short patience for locks.
    let location: PostgresLocation
    /// Beside the store's connections.
    private let side: Connection

    init() throws {
        guard let url = ProcessInfo.processInfo.environment["TEST_POSTGRES_URL"] else { throw NoServer() }
        let options = "options=-c%20search_path%3D\(schema)%20-c%20lock_timeout%3D300ms&application_name=\(schema)"
        location = try PostgresLocation(url + (url.contains("?") ? "&" : "?") + options)
        side = try Connection(
            PostgresLocation(url),
            defaults: [("options", "-c client_min_messages=error"), ("application_name", "fixture")])
        try run("SELECT set_config('search_path', '\(schema)', false)")
    }

    deinit {
        _ = try? crashAll()
        _ = try? run("DROP SCHEMA IF EXISTS \(schema) CASCADE")
    }

    func openStore() throws -> any CaseStore {
        try PostgresStore(location)
    }

    func openReader() throws -> any CaseSurvey {
        try PostgresCaseReader(location)
    }

    func openArchive() throws -> any CaseArchive {
        try PostgresCaseArchive(location)
    }

    func close(_ store: any CaseStore) throws {
        (store as? PostgresStore)?.close()
    }

    /// The server ends every session of the store's at once; what it had not committed is gone.
    func crash(_ store: any CaseStore) throws {
        try crashAll()
    }

    @discardableResult
    func crashAll() throws -> Int {
        try run(
            """
            SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE application_name = '\(schema)'
            """
        ).first { Int($0.integer(0)) } ?? 0
    }

    func whileHeldByAnother(_ body: () throws -> Void) throws {
        try run("BEGIN")
        defer { _ = try? run("ROLLBACK") }
        try run("LOCK TABLE cases, messages, parked IN EXCLUSIVE MODE")
        try body()
    }

    func damageState(of id: RequestID) throws {
        try run("UPDATE cases SET state = '{' WHERE request_id = '\(id.text)'")
    }

    func deadLetters() throws -> [DeadLetterNote] {
        try run("SELECT at, code, detail, source_queue, message_id, request_id FROM dead_letters ORDER BY id").map {
            row in
            DeadLetterNote(
                at: row.instant(0), code: row.text(1), detail: row.text(2), sourceQueue: row.text(3),
                messageID: row.optionalText(4), requestID: row.optionalText(5).flatMap { RequestID($0) })
        }
    }

    func identity(of store: any CaseStore) -> StoreIdentity? {
        (store as? PostgresStore)?.identity
    }

    /// The copy is what of the tables is older than this.
    private var kept: Int64 = 0

    func keepCopy() throws {
        kept = try run("SELECT max(id) FROM cases").first { $0.integer(0) } ?? 0
    }

    func exchange(_ exchange: StoreExchange) throws {
        switch exchange {
        case .nothing: try run("ALTER SCHEMA \(schema) RENAME TO \(schema)_aside")
        case .anotherStore:
            try run("ALTER SCHEMA \(schema) RENAME TO \(schema)_aside")
            try PostgresStore(location).close()
        case .earlierCopy:
            for table in ["events", "messages"] { try run("DELETE FROM \(table) WHERE id >> 16 > \(kept)") }
            try run("DELETE FROM cases WHERE id > \(kept)")
        case .back:
            try run("DROP SCHEMA IF EXISTS \(schema) CASCADE")
            try run("ALTER SCHEMA \(schema)_aside RENAME TO \(schema)")
        }
        // The worker has to connect again; its first call finds the connection gone.
        try crashAll()
    }

    func keptPolicies() throws -> Int {
        try run("SELECT count(*) FROM policies").first { Int($0.integer(0)) } ?? 0
    }

    /// Runs a statement beside the store.
    @discardableResult
    func run(_ sql: String) throws -> QueryResult {
        try side.exchange(.run(sql), within: .seconds(30))
    }
}

struct NoServer: Error, CustomStringConvertible {
    var description: String { "TEST_POSTGRES_URL is not set; `deploy/test` starts a private server and sets it" }
}
