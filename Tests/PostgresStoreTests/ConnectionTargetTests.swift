import RefundWorker
import Testing

@testable import PostgresStore

@Suite("Where a PostgreSQL URL leads")
struct ConnectionTargetTests {
    @Test(
        "this machine needs no protection",
        arguments: [
            "postgresql:///refunds", "postgresql://ann@localhost/refunds", "postgresql://LocalHost/refunds",
            "postgresql://127.0.0.1:5433/refunds", "postgresql://127.255.3.4/refunds", "postgresql://[::1]/refunds",
            "postgresql://%2Frun%2Fpostgresql/refunds", "postgresql:///refunds?host=/run/postgresql",
            "postgresql://localhost,127.0.0.1:1/refunds", "postgresql://db.example.com/refunds?hostaddr=127.0.0.1",
        ])
    func local(url: String) throws {
        #expect(try PostgresLocation(url).isLocal)
    }

    @Test(
        "another machine is refused until somebody says how the way there is protected",
        arguments: [
            "postgresql://ann:s3cret@db.example.com/refunds", "postgresql://0.0.0.0/refunds",
            "postgresql://127.0.0.1.example.com/refunds", "postgresql://127.example.com/refunds",
            "postgresql://[::2]/refunds", "postgresql://[::ffff:192.0.2.1]/refunds",
            "postgresql://localhost,db/refunds",
            "postgresql://localhost/refunds?hostaddr=192.0.2.1", "postgresql:///refunds?hostaddr=192.0.2.1",
            "postgresql://localhost,127.0.0.1/refunds?hostaddr=127.0.0.1,192.0.2.1",
            "postgresql:///refunds?host=192.0.2.1",
        ])
    func remote(url: String) throws {
        let error = #expect(throws: StoreError.self) { try PostgresLocation(url) }
        #expect(error?.kind == .incompatible)
        #expect(error?.problem.contains("sslmode=verify-full") == true)
        #expect(error.map { "\($0)".contains("s3cret") } == false)
        for mode in ["verify-full", "verify-ca", "require", "prefer", "disable"] {
            let location = try PostgresLocation(url + (url.contains("?") ? "&" : "?") + "sslmode=" + mode)
            #expect(!location.isLocal)
            #expect(location.verifiesServer == (mode == "verify-full"))
        }
    }

    @Test("a connection asks again: what the environment says may have changed")
    func later() throws {
        let location = try PostgresLocation("postgresql:///refunds")
        #expect(throws: ConnectionRefusal.self) { try location.parameters([("host", "192.0.2.1")]) }
        #expect(try location.parameters([("host", "/tmp")]).count == 2)
    }
}
