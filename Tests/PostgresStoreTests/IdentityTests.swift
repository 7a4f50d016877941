import Foundation
import RefundPolicy
import RefundWorker
import Synchronization
import Testing

@testable import PostgresStore
@testable import StoreConformance

@Suite("Which store a PostgreSQL database holds")
struct IdentityTests {
    private let fixture: PostgresFixture

    init() throws {
        fixture = try PostgresFixture()
    }

    private func refusal(_ body: () throws -> Void) -> StoreError? {
        #expect(throws: StoreError.self) { try body() }
    }

    private func schemaIsThere() throws -> Bool {
        try fixture.run("SELECT to_regnamespace('\(fixture.schema)') IS NOT NULL").first { $0.boolean(0) } ?? false
    }

    @Test("workers that make the tables at the same moment agree on one identity")
    func together() throws {
        let location = fixture.location
        let seen: Mutex<[StoreIdentity?]> = Mutex([])
        DispatchQueue.concurrentPerform(iterations: 4) { _ in
            let identity = (try? PostgresStore(location))?.identity
            seen.withLock { $0.append(identity) }
        }
        let identities = seen.withLock { Set($0) }
        #expect(identities.count == 1 && identities.first != .some(nil))
    }

    @Test("a worker makes nothing in a database that was not made a store")
    func notCreated() throws {
        let error = refusal { _ = try PostgresStore(fixture.location, createsMissing: false) }
        #expect(error?.kind == .incompatible)
        #expect(error?.remedy.contains("refund-worker store create") == true)
        #expect(try !schemaIsThere())
        try fixture.run("CREATE SCHEMA \(fixture.schema)")
        #expect(refusal { _ = try PostgresStore(fixture.location, createsMissing: false) }?.kind == .incompatible)
        #expect(try fixture.run("SELECT to_regclass('schema_migrations') IS NULL").first { $0.boolean(0) } == true)
        try PostgresStore(fixture.location).close()
        try PostgresStore(fixture.location, createsMissing: false).close()
    }

    @Test("an open worker makes nothing where its store is gone, and says whose place it is")
    func emptied() throws {
        let desk = try Desk(fixture)
        let identity = try #require(fixture.identity(of: desk.store))
        try fixture.exchange(.nothing)
        _ = try? desk.find("rr-1")
        let error = refusal { try desk.open(RequestText("rr-1")) }
        #expect(error?.kind == .exchanged && error?.problem.contains(identity.text) == true)
        #expect(try !schemaIsThere())
        try fixture.exchange(.back)
    }

    @Test("another store is left as it was found, also one that lacks migrations")
    func another() throws {
        let desk = try Desk(fixture)
        try fixture.exchange(.nothing)
        let session = try Session(fixture.location, purpose: .working)
        try Migrator(session: session, migrations: Array(Migration.all.prefix(5))).migrate()
        #expect(refusal { try desk.open(RequestText("rr-1")) } != nil)
        #expect(refusal { try desk.open(RequestText("rr-1")) }?.kind == .exchanged)
        #expect(try fixture.run("SELECT max(version) FROM schema_migrations").first { $0.integer(0) } == 5)
        _ = consume session
        try fixture.exchange(.back)
    }

    @Test("a pinned identity lets in that store alone, and makes none")
    func pinned() throws {
        let zero = try #require(StoreIdentity(String(repeating: "0", count: 32)))
        let error = refusal { _ = try PostgresStore(fixture.location, expected: zero) }
        #expect(error?.kind == .exchanged && error?.problem.contains("store.identity") == true)
        #expect(try !schemaIsThere())
        let store = try PostgresStore(fixture.location)
        let identity = try #require(store.identity)
        #expect(refusal { _ = try PostgresStore(fixture.location, expected: zero) }?.kind == .exchanged)
        try PostgresStore(fixture.location, expected: identity).close()
        #expect(try PostgresServerFacts.read(fixture.location, now: { Times.opening }).schema.identity == identity)
    }

    @Test("a store of an older version gets an identity at its first opening, and can be pinned only then")
    func older() throws {
        let session = try Session(fixture.location, purpose: .working)
        try Migrator(session: session, migrations: Array(Migration.all.prefix(6))).migrate()
        let zero = try #require(StoreIdentity(String(repeating: "0", count: 32)))
        let error = refusal { _ = try PostgresStore(fixture.location, expected: zero) }
        #expect(error?.remedy.contains("without store.identity") == true)
        #expect(try PostgresStore(fixture.location, createsMissing: false).identity != nil)
    }

    @Test("what was archived since is not missed")
    func archived() throws {
        let desk = try Desk(fixture)
        try desk.open(RequestText("rr-1"))
        try fixture.run("DELETE FROM events")
        try fixture.run(
            """
            INSERT INTO archived (request_id, content_digest, status, archived_at)
            SELECT request_id, '\\x00', 'settled', 0 FROM cases
            """)
        try fixture.run("DELETE FROM cases")
        try fixture.crashAll()
        _ = try? desk.find("rr-2")
        try desk.open(RequestText("rr-2", invoice: "INV-2"))
    }

    @Test("the doctor is told of an index that is not complete")
    func brokenIndex() throws {
        try PostgresStore(fixture.location).close()
        let facts = try PostgresServerFacts.read(fixture.location, now: { Times.opening })
        #expect(facts.integrity.brokenIndexes == [] && facts.pooling == .direct)
        // Two rows that contradict it end the making of an index half way.
        try fixture.run("CREATE TABLE twice AS SELECT 1 AS number FROM generate_series(1, 2)")
        _ = try? fixture.run("CREATE UNIQUE INDEX CONCURRENTLY twice_once ON twice (number)")
        let broken = try PostgresServerFacts.read(fixture.location, now: { Times.opening }).integrity.brokenIndexes
        #expect(broken.count == 1 && broken.first?.hasSuffix("twice_once") == true)
    }
}
