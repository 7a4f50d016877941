import Foundation
import RefundCase
import RefundWorker
import Synchronization
import Testing

@testable import PostgresStore
@testable import StoreConformance

@Suite("A new version migrates while old workers run")
struct MigrationTests {
    private let fixture: PostgresFixture

    init() throws {
        fixture = try PostgresFixture()
    }

    private static let expanding = Migration(
        version: Migration.current + 1, name: "expand", kind: .expand,
        statements: ["ALTER TABLE cases ADD COLUMN later text NOT NULL DEFAULT ''"])
    private static let contracting = Migration(
        version: Migration.current + 2, name: "contract", kind: .contract(since: Migration.current + 1),
        statements: ["ALTER TABLE cases DROP COLUMN later"])

    /// The versions of this program's schema, and so many more.
    private static func versions(andMore more: Int = 0) -> [Int64] {
        (1...Migration.current + more).map { Int64($0) }
    }

    private func applied() throws -> [Int64] {
        try fixture.run("SELECT version FROM schema_migrations ORDER BY version").map { $0.integer(0) }
    }

    @Test("what is added leaves an old worker at work, also one that starts afterwards")
    func expand() throws {
        let old = try Desk(fixture)
        try old.open(RequestText("rr-1"))
        let new = try PostgresStore(fixture.location, migrations: Migration.all + [MigrationTests.expanding])
        try old.open(RequestText("rr-2"))
        try Desk(fixture).open(RequestText("rr-3"))
        #expect(try fixture.openReader().counts()[.approved] == 3)
        #expect(try applied() == MigrationTests.versions(andMore: 1))
        new.close()
    }

    @Test("a store of the first version becomes this one, with what it holds", arguments: 1..<Migration.current)
    func earlier(version: Int) throws {
        let first = try PostgresStore(fixture.location, migrations: Array(Migration.all.prefix(version)))
        let old = try Desk(fixture, store: first)
        try old.open(RequestText("rr-1"))
        first.close()
        try Desk(fixture).open(RequestText("rr-2"))
        #expect(try applied() == MigrationTests.versions())
        #expect(try fixture.openReader().counts()[.approved] == 2)
    }

    @Test("what is taken away waits for the last old worker, and then keeps old ones out")
    func contract() throws {
        let newer = Migration.all + [MigrationTests.expanding, MigrationTests.contracting]
        let old = try PostgresStore(fixture.location)
        let new = try PostgresStore(fixture.location, migrations: newer)
        #expect(try applied() == MigrationTests.versions(andMore: 1), "the old worker is still there")
        old.close()
        // The server may take a moment to see that it has gone; its lock says when.
        try fixture.run("SELECT pg_advisory_lock(\(try lockOfOldWorkers())), pg_advisory_unlock_all()")
        let next = try PostgresStore(fixture.location, migrations: newer)
        #expect(try applied() == MigrationTests.versions(andMore: 2))
        expectError(.incompatible) { _ = try PostgresStore(fixture.location) }
        expectError(.incompatible) { _ = try fixture.openReader() }
        new.close()
        next.close()
    }

    private func lockOfOldWorkers() throws -> Int64 {
        let number = try fixture.run("SELECT '\(fixture.schema)'::regnamespace::oid::bigint").first { $0.integer(0) }
        return AdvisoryLock.worker(try #require(number), version: Migration.current)
    }

    @Test("workers that start at once on an empty database make the tables once")
    func together() throws {
        let location = fixture.location
        let failures: Mutex<[String]> = Mutex([])
        DispatchQueue.concurrentPerform(iterations: 4) { _ in
            do {
                try PostgresStore(location).close()
            } catch {
                failures.withLock { $0.append("\(error)") }
            }
        }
        #expect(failures.withLock { $0 } == [])
        #expect(try applied() == MigrationTests.versions())
    }

    @Test("a migration that fails leaves nothing of it")
    func failing() throws {
        let broken = Migration(
            version: Migration.current + 1, name: "broken", kind: .expand,
            statements: ["ALTER TABLE cases ADD COLUMN later text", "ALTER TABLE nowhere ADD COLUMN later text"])
        expectError(.unavailable) {
            _ = try PostgresStore(fixture.location, migrations: Migration.all + [broken])
        }
        #expect(try applied() == MigrationTests.versions())
        try Desk(fixture).open(RequestText("rr-1"))
        let columns = try fixture.run(
            """
            SELECT count(*) FROM information_schema.columns
            WHERE table_schema = '\(fixture.schema)' AND table_name = 'cases' AND column_name = 'later'
            """)
        #expect(columns.first { $0.integer(0) } == 0)
    }

    @Test("a reader asks for a worker where there are no tables yet")
    func readerFirst() throws {
        expectError(.incompatible) { _ = try fixture.openReader() }
        try fixture.run("CREATE SCHEMA \(fixture.schema)")
        expectError(.incompatible) { _ = try fixture.openReader() }
    }
}
