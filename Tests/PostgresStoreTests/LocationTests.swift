import RefundWorker
import Testing

@testable import PostgresStore

@Suite("A PostgreSQL store's URL")
struct LocationTests {
    @Test(
        "is shown without credentials and parameters",
        arguments: [
            (
                "postgresql://ann:s3cret@db.example.com:5433/refunds?sslmode=verify-full",
                "postgresql://db.example.com:5433/refunds"
            ),
            (
                "postgres://ann:s3cret@a.example.com,b.example.com/refunds?target_session_attrs=any&sslmode=require",
                "postgresql://a.example.com,b.example.com/refunds"
            ),
            (
                "postgresql:///refunds?host=/var/run/postgresql&password=s3cret",
                "postgresql:///var/run/postgresql/refunds"
            ),
        ])
    func shown(url: String, text: String) throws {
        #expect("\(try PostgresLocation(url))" == text)
    }

    @Test(
        "that libpq does not take is refused without a word of it",
        arguments: [
            "postgresql://ann:s3cret@db/refunds?sslmod=require", "postgresql://ann:s3c@ret@db/refunds",
            "postgresql://ann:s3cret%zz@db/refunds", "mysql://ann:s3cret@db/refunds",
            "postgresql://ann:s3cret@[db/refunds", "postgresql://ann:s3c/ret@db/refunds",
            "postgresql://ann:12/s3cret@db",
            "postgresql://ann:s3cret/refunds", "postgresql://ann:12/a?s3cret=b@db",
            "postgresql://db/a?password=x&s3cret=y",
        ])
    func refused(url: String) throws {
        let error = #expect(throws: StoreError.self) { try PostgresLocation(url) }
        #expect(error.map { "\($0)".contains("s3c") || "\($0)".contains("ret@") } == false)
        #expect(error?.remedy.contains("%40") == true)
    }

    @Test("names the parameter that libpq does not know")
    func unknownParameter() throws {
        let error = #expect(throws: StoreError.self) { try PostgresLocation("postgresql://db/refunds?sslmod=require") }
        #expect(error?.problem.contains("sslmod") == true)
    }

    @Test("its password does not reach a text of libpq's")
    func redacted() throws {
        let location = try PostgresLocation("postgresql://ann:s3cret@db/refunds?sslmode=require")
        #expect(location.redacted("no user s3cret\nat all") == "no user …; at all")
    }
}
