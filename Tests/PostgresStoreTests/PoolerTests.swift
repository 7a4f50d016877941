import RefundPolicy
import RefundWorker
import Testing

@testable import PostgresStore
@testable import StoreConformance

/// With the real PgBouncer.
@Suite("A pooler before PostgreSQL")
struct PoolerTests {
    private static let advisoryLocks = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"

    private func expectRefusal(_ body: () throws -> Void) {
        let error = #expect(throws: StoreError.self) { try body() }
        #expect(error?.kind == .incompatible)
        #expect(error?.remedy.contains("pool_mode = session") == true)
    }

    @Test(
        "that gives out a session for each transaction is refused with what to set, and nothing is left in it",
        arguments: [[], ["server_round_robin = 1", "min_pool_size = 3"], ["server_reset_query_always = 1"]])
    func transactions(settings: [String]) throws {
        let pooler = try PrivatePooler(mode: "transaction", settings: settings)
        let location = try pooler.location
        expectRefusal { _ = try PostgresStore(location) }
        expectRefusal { _ = try PostgresCaseReader(location) }
        #expect(try PostgresServerFacts.read(location, now: { Times.opening }).pooling == .sharingSessions)
        let server = try pooler.openServer()
        #expect(try server.exchange(.run(PoolerTests.advisoryLocks), within: .seconds(10)).first { $0.integer(0) } == 0)
        let schema = "SELECT to_regnamespace('refund_worker') IS NULL"
        #expect(try server.exchange(.run(schema), within: .seconds(10)).first { $0.boolean(0) } == true)
    }

    @Test("that keeps sessions is as good as none", arguments: [[], ["default_pool_size = 1"]])
    func sessions(settings: [String]) throws {
        let pooler = try PrivatePooler(mode: "session", settings: settings)
        let location = try pooler.location
        do {
            let store = try PostgresStore(location)
            let identity = store.identity
            _ = try store.transact(recording: [], loading: CaseKeys(), at: Times.opening) { _ in CaseChanges() }
            store.close()
            #expect(identity != nil)
        }
        #expect(try PostgresServerFacts.read(location, now: { Times.opening }).pooling == .keepingSessions)
    }
}
