import Foundation
import RefundCase
import RefundPolicy
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

    @Test("a store of a version before becomes this one, and its open case goes on", arguments: 1...2)
    func earlier(version: Int) throws {
        let session = try Session(fixture.location, purpose: .working)
        try Migrator(session: session, migrations: Array(Migration.all.prefix(version))).migrate()
        try fillOld()
        // Its worker goes before the new one comes; the server may take a moment to see that.
        _ = consume session
        let lock = AdvisoryLock.worker(try schemaNumber(), version: version)
        try fixture.run("SELECT pg_advisory_lock(\(lock)), pg_advisory_unlock_all()")
        let desk = try Desk(fixture)
        #expect(try applied() == MigrationTests.versions())
        try OldCase.goOn(desk)
        try desk.open(RequestText("rr-2"))
    }

    @Test("what people did before is kept as it was signed, and names no user; the version before goes on beside")
    func signatures() throws {
        let session = try Session(fixture.location, purpose: .working)
        try Migrator(session: session, migrations: Array(Migration.all.prefix(5))).migrate()
        func insert(_ pause: String) throws {
            try fixture.run(
                """
                INSERT INTO actions (action_id, at, request_id, kind, by, refusal_code, refusal_detail)
                VALUES ('\(pause)', 1, NULL, 'payouts.paused', 'ann', NULL, NULL)
                """)
            try fixture.run(
                "INSERT INTO pauses (action_id, at, by, note, alert_hour) VALUES ('\(pause)', 1, 'ann', 'n', 7)")
        }
        try insert("a-1")
        let desk = try Desk(fixture)
        // As a worker of the version before does, which is still connected.
        try insert("a-2")
        let ids = try ["a-1", "a-2"].map { try #require(ActionID($0)) }
        let loaded = try desk.load(CaseKeys(actions: ids))
        #expect(ids.map { loaded.actions[$0]?.by } == [Signature("ann"), Signature("ann")])
        #expect(loaded.brake.pause?.by == Signature("ann") && loaded.brake.lastAlertHour == 7)
        #expect(try fixture.openReader().brakeHistory().map(\.pause.by) == [Signature("ann"), Signature("ann")])
        _ = consume session
    }

    @Test("lines get their identities, also of what the database can't fold, and old workers' beside new ones")
    func identities() throws {
        let session = try Session(fixture.location, purpose: .working)
        try Migrator(session: session, migrations: Array(Migration.all.prefix(7))).migrate()
        func insert(_ id: Int, _ invoice: String, _ refund: Int) throws {
            try fixture.run(
                """
                INSERT INTO cases (id, request_id, status, holds_line, invoice_number, service_id, subscription_id,
                    currency, paid, refund, submitted_at, opened_at, respond_by, refund_by, policy_id, state)
                VALUES (\(id), 'old-\(id)', 'settled', true, '\(invoice)', 'api-requests', 'sub-9', 'USD', 1000, \(refund),
                    0, 0, 0, 0, 1, '{}')
                """)
        }
        try insert(100_001, "INV-CAFÉ", 700)
        try insert(100_002, "inv-cafe\u{301}", 500)
        try insert(100_003, "INV-8", 0)
        try fixture.run(
            """
            INSERT INTO archived VALUES ('old-9', '\\x\(String(repeating: "00", count: 32))', 'settled', 0, 'INV-9',
                'Api-Requests', 'sub-9')
            """)
        let desk = try Desk(fixture)
        // As a worker of the version before does, which is still connected.
        try insert(100_004, "INV-10", 700)
        try desk.open([
            RequestText("rr-1", invoice: "Inv-Café"), RequestText("rr-2", invoice: "INV-CAFÉ"),
            RequestText("rr-3", invoice: "INV-8"), RequestText("rr-4", invoice: "INV-9"),
            RequestText("rr-5", invoice: "inv-10"),
        ])
        let told = try (1...5).map { try desk.refundCase("rr-\($0)").decision.reasons.map(\.name) }
        #expect(
            told == [
                ["similar_line"], ["already_refunded", "similar_line"], ["already_ended"], ["similar_line"],
                ["similar_line"],
            ])
        let kept = try fixture.run("SELECT invoice_key, requests, granted FROM invoices ORDER BY 1").map {
            "\($0.text(0)) \($0.integer(1)) \($0.integer(2))"
        }
        #expect(kept == ["inv-10 1 0", "inv-8 2 0", "inv-9 1 0", "inv-cafe\u{301} 4 1200"])
        _ = consume session
    }

    private func fillOld() throws {
        let line = OldCase.request.line
        let rows = OldCase.messages.enumerated().map { place, message in
            let (next, confirmed) = message.isConfirmed ? ("NULL", "11") : ("12", "NULL")
            return
                "(\(65_536 + place), '\(message.id)', '\(message.type)', 10, 1, \(next), \(confirmed), NULL, '\\x0102')"
        }
        try fixture.run("INSERT INTO policies (text) VALUES ('\(OldCase.policy.replacing("'", with: "''"))')")
        try fixture.run(
            """
            INSERT INTO cases VALUES (
                nextval('case_numbers'), 'rr-1', 'approved', true, '\(line.invoiceNumber)', '\(line.serviceID)',
                '\(line.subscriptionID ?? "")', 'USD', 1000, 700, \(Times.submission.microsecondsSinceEpoch),
                \(OldCase.openedAt), \(OldCase.respondBy), \(OldCase.refundBy), \(OldCase.refundBy), \(OldCase.dueAt), 1,
                NULL, '\(OldCase.state)')
            """)
        try fixture.run(
            """
            INSERT INTO events VALUES (65536, \(OldCase.openedAt), 'requested',
                '\\x\(OldCase.hexadecimal(OldCase.request.body))', '\(OldCase.facts)')
            """)
        try fixture.run("INSERT INTO messages VALUES \(rows.joined(separator: ", "))")
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
        AdvisoryLock.worker(try schemaNumber(), version: Migration.current)
    }

    private func schemaNumber() throws -> Int64 {
        let number = try fixture.run("SELECT '\(fixture.schema)'::regnamespace::oid::bigint").first { $0.integer(0) }
        return try #require(number)
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
