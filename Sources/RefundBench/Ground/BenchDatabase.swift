import CPostgreSQL

/// The PostgreSQL database that stores are made in, each in a schema of the bench's own, which goes with it.
final class BenchDatabase {
    /// Of libpq's; may hold a password.
    let url: String
    private var handle: OpaquePointer?
    private var schemas: [String] = []

    /// - Throws: `BenchError.database`.
    init(url: String) throws {
        guard !url.contains("options=") else {
            throw BenchError.database(reason: "the URL may not have options, since the bench names schemas of its own")
        }
        self.url = url
        handle = PQconnectdb(url)
        guard PQstatus(handle) == CONNECTION_OK else {
            PQfinish(handle)
            handle = nil
            // libpq's own words may quote the URL.
            throw BenchError.database(reason: "no connection; check host, port, user and password")
        }
        _ = PQsetNoticeProcessor(handle, { _, _ in }, nil)
    }

    deinit {
        dropSchemas()
        PQfinish(handle)
    }

    /// Such as `15.18`.
    var version: String {
        let number = PQserverVersion(handle)
        return "\(number / 10_000).\(number % 10_000)"
    }

    /// The URL of a store that is not there yet.
    func newStore() -> String {
        dropSchemas()
        let schema = "bench_\(UInt32.random(in: 0 ... .max))"
        schemas.append(schema)
        return url + (url.contains("?") ? "&" : "?") + "options=-c%20search_path%3D\(schema)"
    }

    /// Best effort: what is left behind bears the bench's name.
    func dropSchemas() {
        for schema in schemas { run("drop schema if exists \(schema) cascade") }
        schemas = []
    }

    func dropTables(_ names: [String]) {
        run("drop table if exists \(names.joined(separator: ", "))")
    }

    private func run(_ statement: String) {
        PQclear(PQexec(handle, statement))
    }
}
