import Foundation
import RefundCase
import RefundPolicy
import RefundWorker
import Testing

@testable import PostgresStore
@testable import StoreConformance

@Suite("What PostgreSQL refuses")
struct FailureTests {
    @Test(
        "is told as what it means for the lane",
        arguments: [
            ("23505", .refused), ("23502", .refused), ("22021", .refused), ("54000", .refused), ("RW001", .refused),
            ("40001", .busy), ("RW002", .busy), ("40P01", .busy), ("55P03", .busy), ("57014", .busy),
            ("53100", .unavailable),
            ("53300", .unavailable), ("57P01", .unavailable), ("25006", .unavailable), ("28P01", .unavailable),
            ("42501", .unavailable), ("42P01", .unavailable), ("58030", .unavailable), ("XX001", .unavailable),
        ] as [(String, StoreError.Kind)])
    func kinds(code: String, kind: StoreError.Kind) {
        let error = StoreError(PostgresFailure.refused(SQLState(code), nil), during: "write")
        #expect(error.kind == kind)
        #expect(error.problem.contains(code) && !error.remedy.isEmpty)
    }

    @Test("an error holds the code and nothing of what customers sent")
    func discretion() throws {
        let desk = try Desk(try PostgresFixture())
        let request = RequestText("rr-secret", invoice: "INV-secret").with(\.contact, "mailto:secret@example.com")
        try desk.open(request)
        for rival in [request, request.with(\.id, "rr-secret-2")] {
            let error = #expect(throws: StoreError.self) { try desk.commit(desk.changes(opening: [rival])) }
            #expect(error?.problem.contains("23505") == true && error?.problem.contains("cases_") == true)
            #expect(error.map { "\($0)".contains("secret") } == false)
        }
    }

    @Test("a line that no index takes is refused, and the store goes on")
    func tooLong() throws {
        let desk = try Desk(try PostgresFixture())
        // Of four bytes each, and such that nothing can be compressed.
        var dice = Dice(seed: 1)
        let characters = (0..<255).compactMap { _ in Unicode.Scalar(UInt32(0x20000 + dice.next(below: 0xA000))) }
        let text = String(String.UnicodeScalarView(characters))
        let request = RequestText("rr-1", invoice: text).with(\.service, text).with(\.subscription, text)
        expectError(.refused) { try desk.open(request) }
        try desk.open(RequestText("rr-2"))
    }
}

@Suite("Opening a PostgreSQL store")
struct OpeningTests {
    private static let environment = ProcessInfo.processInfo.environment

    private static func url(_ change: (inout URLComponents) -> Void) throws -> String {
        guard var parts = environment["TEST_POSTGRES_URL"].flatMap({ URLComponents(string: $0) }) else {
            throw NoServer()
        }
        change(&parts)
        return try #require(parts.string)
    }

    @Test("a wrong password is told without it")
    func wrongPassword() throws {
        let location = try PostgresLocation(try OpeningTests.url { $0.password = "not-the-s3cret" })
        let error = #expect(throws: StoreError.self) { try PostgresStore(location) }
        #expect(error?.kind == .unavailable)
        #expect(error?.problem.contains("password") == true)
        #expect(error.map { "\($0)".contains("s3cret") } == false)
    }

    @Test("a database that is not there, and a server that is not there")
    func nowhere() throws {
        for url in [try OpeningTests.url { $0.path = "/nowhere" }, try OpeningTests.url { $0.port = 1 }] {
            expectError(.unavailable) { _ = try PostgresStore(try PostgresLocation(url)) }
        }
    }

    @Test("of several hosts the first that takes writes is used")
    func failover() throws {
        let fixture = try PostgresFixture()
        let server = try #require(URLComponents(string: fixture.location.url))
        let address = "\(server.host ?? ""):\(server.port ?? 0)"
        let url = fixture.location.url.replacing(address, with: "127.0.0.1:1,\(address)")
        let store = try PostgresStore(try PostgresLocation(url))
        _ = try store.transact(recording: [], loading: CaseKeys(), at: Times.opening) { _ in CaseChanges() }
        store.close()
    }

    @Test("a session that writes nothing is no place for a worker")
    func readOnly() throws {
        let fixture = try PostgresFixture()
        let url = fixture.location.url.replacing(
            "-c%20lock_timeout", with: "-c%20default_transaction_read_only%3Don%20-c%20lock_timeout")
        expectError(.unavailable) { _ = try PostgresStore(try PostgresLocation(url)) }
    }

    @Test("the server's certificate is checked when the URL asks for it")
    func certificates() throws {
        let url = try #require(OpeningTests.environment["TEST_POSTGRES_TLS_URL"])
        let certificates = try #require(OpeningTests.environment["TEST_POSTGRES_CERTIFICATES"])
        let session = try Session(try PostgresLocation(url), purpose: .working)
        let encrypted = try session.connection.exchange(
            .run("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"), within: .seconds(10))
        #expect(encrypted.first { $0.boolean(0) } == true)
        // It was made for thirty days.
        let now = Instant(microsecondsSinceEpoch: Int64(time(nil)) * 1_000_000)
        let end = try #require(session.connection.certificatesEndAt)
        #expect(end > now && end - now <= .seconds(30 * 86_400))
        let other = url.replacing("\(certificates)/ca.pem", with: "\(certificates)/other-ca.pem")
        expectError(.unavailable) { _ = try Session(try PostgresLocation(other), purpose: .working) }
    }

    @Test("a session that the server ends is opened anew, with the next call that needs it")
    func reconnects() throws {
        let fixture = try PostgresFixture()
        let desk = try Desk(fixture)
        try desk.open(RequestText("rr-1"))
        #expect(try fixture.crashAll() == 1)
        expectError(.unavailable) { _ = try desk.find("rr-1") }
        #expect(try desk.refundCase("rr-1").request.id.text == "rr-1")
    }
}

@Suite("The plans of a PostgreSQL store's statements")
struct PlanTests {
    @Test("every statement finds its rows by an index")
    func indexed() throws {
        let fixture = try PostgresFixture()
        let store = try PostgresStore(fixture.location)
        defer { store.close() }
        let session = try Session(fixture.location, purpose: .working)
        try session.limit(for: .working)
        for statement in PostgresStore.statements {
            // A generic plan: parameters stand for any value.
            let plan = try session.connection.exchange(
                [
                    .run("SET plan_cache_mode = force_generic_plan"),
                    .run("PREPARE p AS \(statement.sql)"),
                    .run("EXPLAIN EXECUTE p\(PlanTests.nulls(in: statement.sql))"), .run("DEALLOCATE p"),
                ], within: .seconds(10))[2].map { $0.text(0) }.joined(separator: "\n")
            #expect(!plan.contains("Seq Scan on"), "\(statement.name):\n\(plan)")
        }
    }

    @Test("so does every statement of the operators' page")
    func surveys() throws {
        let fixture = try PostgresFixture()
        let store = try PostgresStore(fixture.location)
        defer { store.close() }
        let session = try Session(fixture.location, purpose: .working)
        try session.limit(for: .working)
        for sql in SurveyQueries.all {
            let plan = try session.connection.exchange(
                [
                    .run("SET plan_cache_mode = force_generic_plan"), .run("PREPARE p AS \(sql)"),
                    .run("EXPLAIN EXECUTE p\(PlanTests.nulls(in: sql))"), .run("DEALLOCATE p"),
                ], within: .seconds(10))[2].map { $0.text(0) }.joined(separator: "\n")
            #expect(!plan.contains("Seq Scan on"), "\(sql):\n\(plan)")
        }
    }

    /// What a plan for one value hides: with many values and real statistics a join may look cheapest that reads all rows.
    @Test("nor is a large table read through for a batch of cases")
    func largeTables() throws {
        let fixture = try PostgresFixture()
        let store = try PostgresStore(fixture.location)
        defer { store.close() }
        let session = try Session(fixture.location, purpose: .working)
        let filling = """
            INSERT INTO cases SELECT id, 'rr-' || id, 'settled', true, 'INV-' || id, 's', 'sub', 'USD', 1, 1, 1, 1, 1, 1,
                NULL, NULL, 1, NULL, '{}' FROM generate_series(1, 100000) AS id;
            INSERT INTO messages SELECT (id << 16) + place, id || '/' || place, 't', 1, 1, NULL, 1, NULL, 'x'
                FROM generate_series(1, 100000::bigint) AS id, generate_series(0, 2) AS place;
            INSERT INTO events SELECT (id << 16) + place, 1, 'k', 'x', '' FROM generate_series(1, 100000::bigint) AS id,
                generate_series(0, 2) AS place;
            ANALYZE cases, events, messages
            """
        for statement in filling.split(separator: ";") {
            _ = try session.connection.exchange([.run(String(statement))], within: .seconds(60))
        }
        try session.limit(for: .working)
        for sql in PostgresStore.statements.map(\.sql) + PostgresCaseArchive.statements {
            let types = try session.connection.exchange(
                [
                    .run("SET plan_cache_mode = force_custom_plan"), .run("PREPARE p AS \(sql)"),
                    .run("SELECT unnest(parameter_types)::text FROM pg_prepared_statements WHERE name = 'p'"),
                ], within: .seconds(10))[2].map { $0.text(0) }
            let values = types.isEmpty ? "" : "(" + types.map(PlanTests.batch).joined(separator: ", ") + ")"
            let plan = try session.connection.exchange(
                [.run("EXPLAIN EXECUTE p\(values)"), .run("DEALLOCATE p")], within: .seconds(10))[0].map { $0.text(0) }
            for (line, next) in zip(plan, plan.dropFirst() + [""]) {
                // A walk along the whole of an index is no better than one along the table.
                let isWhole =
                    ["cases", "events", "messages"].contains {
                        line.contains("using \($0)_pkey") || line.contains("Seq Scan on \($0) ")
                    }
                    && !next.contains("Index Cond")
                #expect(!isWhole, "\(sql):\n\(plan.joined(separator: "\n"))")
            }
        }
    }

    @Test("the 16,000th message of a case is no reason to read the others")
    func longCase() throws {
        let fixture = try PostgresFixture()
        let desk = try Desk(fixture)
        let id = try desk.open(RequestText("rr-1")).ids[0]
        try fixture.run(
            """
            INSERT INTO messages (id, message_id, type, created_at, attempt, confirmed_at, body)
            SELECT \(id.number << RowNumber.placeBits) + place, 'm-' || place, 'alert.needs_attention', 1, 1, 1, 'x'
            FROM generate_series(3, 16000) AS place
            """)
        try fixture.run("ANALYZE messages")
        let session = try Session(fixture.location, purpose: .working)
        try session.limit(for: .working)
        let plan = try session.connection.exchange(
            [
                .run("PREPARE p AS \(FactRows.load.sql)"),
                .run("EXPLAIN (ANALYZE, TIMING off) EXECUTE p('{\(id.number)}', '{1}', '{2}')"),
            ], within: .seconds(10))[1].map { $0.text(0) }.joined(separator: "\n")
        #expect(plan.contains("messages_open") && plan.contains("messages_decided"), "\(plan)")
        #expect(!plan.contains("Rows Removed"), "\(plan)")
    }

    /// A literal of 500 values, or of one where the parameter is no array.
    private static func batch(of type: String) -> String {
        let one = ["text": "x", "boolean": "t", "bytea": "x"]
        guard type.hasSuffix("[]") else { return "'\(one[type] ?? "500")'" }
        let element = one[String(type.dropLast(2))]
        return "'{" + (1...500).map { element ?? String($0) }.joined(separator: ",") + "}'"
    }

    private static func nulls(in sql: String) -> String {
        let count = (1...30).last { sql.contains("$\($0)") } ?? 0
        return count == 0 ? "" : "(" + Array(repeating: "NULL", count: count).joined(separator: ", ") + ")"
    }
}
