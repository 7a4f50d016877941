import Foundation
import GRDB
import Testing

/// The doctor at real stores that are driven into what can go wrong.
@Suite("The doctor at a store", .serialized)
struct DoctorStoreTests {
    private func run(_ store: String, topics: String = "store") throws -> DoctorRun {
        try DoctorRun("--only", topics, environment: ["REFUND_WORKER_STORE_URL": store])
    }

    private func inDirectory(_ body: (String) throws -> Void) throws {
        let directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("refund-doctor-\(UInt32.random(in: 0 ... .max))").path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try body(directory)
    }

    /// A store that has had these migrations.
    private func make(_ path: String, applicationID: String = "0x52464E44", migrations: [String]) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.inDatabase { database in
            try database.execute(
                sql: """
                    PRAGMA application_id = \(applicationID);
                    CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
                    """)
            for migration in migrations {
                try database.execute(sql: "INSERT INTO grdb_migrations VALUES (?)", arguments: [migration])
            }
        }
        try queue.close()
    }

    @Test("a SQLite file is told by what it is: not there, older, newer, another program's, no database")
    func files() throws {
        try inDirectory { directory in
            let path = "\(directory)/cases.sqlite"
            let missing = try run("sqlite:\(path)")
            #expect(missing.status == 0)
            #expect(missing.finding("store", "file")?.state == "warning")
            #expect(!FileManager.default.fileExists(atPath: path))
            #expect(try run("sqlite:\(directory)/no/cases.sqlite").status == 3)

            let first = "1: cases, events, messages, policies, dead letters"
            try make(path, migrations: [first])
            let older = try run("sqlite:\(path)")
            #expect(older.status == 3)
            let tables = older.finding("store", "tables")
            #expect(tables?.seen.contains("missing 2: parked messages") == true, "\(older.printed)")
            #expect(tables?.remedy?.contains("refund-worker run") == true)

            for (name, id, migrations) in [
                ("newer", "0x52464E44", [first, "99: of the future"]), ("other", "7", []),
            ] {
                try make("\(directory)/\(name)", applicationID: id, migrations: migrations)
                let run = try run("sqlite:\(directory)/\(name)")
                #expect(run.status == 3, "\(name)")
                #expect(run.finding("store", "tables")?.state == "wrong", "\(name)")
            }
            try Data("this is a letter, and no database; it is longer than a header".utf8)
                .write(to: URL(fileURLWithPath: "\(directory)/letter"))
            #expect(try run("sqlite:\(directory)/letter").status == 3)
        }
    }

    @Test("a disk in memory that is nearly full is told as both", .enabled(if: geteuid() == 0))
    func smallDisk() throws {
        try inDirectory { directory in
            try Script.run(
                at: URL(fileURLWithPath: "/bin/mount"), ["-t", "tmpfs", "-o", "size=8m", "tmpfs", directory])
            defer { try? Script.run(at: URL(fileURLWithPath: "/bin/umount"), [directory]) }
            let run = try run("sqlite:\(directory)/cases.sqlite")
            #expect(run.status == 3)
            #expect(run.subjects("wrong") == ["store room on the disk"])
            #expect(run.finding("store", "file system")?.seen.hasPrefix("tmpfs") == true)
            #expect(run.subjects("warning").contains("store file system"))
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == [])
        }
    }

    @Test("a PostgreSQL server is told by what is missing in it, until a worker has made it good")
    func server() throws {
        let server = try PrivatePostgres()
        let empty = try run(server.url, topics: "store,clock")
        #expect(empty.status == 3, "\(empty.printed)")
        #expect(empty.subjects("wrong") == ["store tables"])
        #expect(empty.finding("store", "tables")?.remedy?.hasPrefix("refund-worker store create") == true)
        #expect(empty.finding("clock", "against the store")?.state == "good")

        try server.administer("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
        let unsafe = try run(server.url)
        #expect(unsafe.status == 3)
        #expect(unsafe.subjects("wrong") == ["store tables", "store durability"])
        #expect(unsafe.finding("store", "durability")?.remedy?.contains("ALTER SYSTEM SET fsync = on") == true)
        try server.administer("ALTER SYSTEM SET fsync = on", "SELECT pg_reload_conf()")

        let list = """
            CREATE SCHEMA refund_worker AUTHORIZATION refund; SET search_path = refund_worker;
            CREATE TABLE schema_migrations (
                version bigint PRIMARY KEY, name text NOT NULL, compatible_from bigint NOT NULL,
                applied_at timestamptz NOT NULL)
            """
        try server.administer(list)
        let refused = try run(server.url)
        #expect(refused.status == 3)
        #expect(refused.finding("store", "rights")?.seen.contains("schema_migrations") == true, "\(refused.printed)")

        try server.administer("ALTER TABLE refund_worker.schema_migrations OWNER TO refund")
        let older = try run(server.url)
        #expect(older.status == 3)
        #expect(older.finding("store", "tables")?.seen.contains("missing cases") == true, "\(older.printed)")

        try server.administer("INSERT INTO refund_worker.schema_migrations VALUES (99, 'later', 99, now())")
        #expect(try run(server.url).finding("store", "tables")?.seen.contains("newer version") == true)
    }

    @Test("which store it is can be pinned, and a damaged file or one that is gone is told; nothing is made")
    func identity() throws {
        try inDirectory { directory in
            let path = "\(directory)/cases.sqlite"
            let created = try WorkerProcess.run(
                ["store", "create", "--json"], environment: ["REFUND_WORKER_STORE_URL": "sqlite:\(path)"])
            #expect(created.status == 0, "\(created.errors)")
            let good = try run("sqlite:\(path)")
            #expect(good.finding("store", "identity").map { created.output.contains($0.seen) } == true)
            #expect(good.finding("store", "integrity")?.state == "good", "\(good.printed)")
            let pinned = try DoctorRun(
                "--only", "store",
                environment: [
                    "REFUND_WORKER_STORE_URL": "sqlite:\(path)",
                    "REFUND_WORKER_STORE_IDENTITY": String(repeating: "0", count: 32),
                ])
            #expect(pinned.status == 3)
            #expect(pinned.subjects("wrong") == ["store identity"])

            let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
            try file.seek(toOffset: (try page(of: "cases_due", in: path) - 1) * 8_192)
            try file.write(contentsOf: Data(repeating: 0xA5, count: 4_096))
            try file.close()
            let damaged = try run("sqlite:\(path)")
            #expect(damaged.status == 3)
            #expect(damaged.subjects("wrong") == ["store integrity"], "\(damaged.printed)")

            try FileManager.default.removeItem(atPath: path)
            let gone = try run("sqlite:\(path)")
            #expect(gone.status == 3)
            #expect(gone.subjects("wrong") == ["store identity"], "\(gone.printed)")
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }

    /// Where an index begins in the file, in pages from 1.
    private func page(of index: String, in path: String) throws -> UInt64 {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        let page = try queue.read {
            try UInt64.fetchOne($0, sql: "SELECT rootpage FROM sqlite_schema WHERE name = ?", arguments: [index])
        }
        return try #require(page)
    }

    @Test("a wrong password is told as such, and not shown")
    func wrongPassword() throws {
        let server = try PrivatePostgres()
        guard var parts = URLComponents(string: server.url) else { throw Missing(what: "the server's address") }
        parts.password = "hidden"
        let run = try run(try #require(parts.string))
        #expect(run.status == 3)
        #expect(run.findings.first?.seen.contains("password authentication failed") == true, "\(run.printed)")
        #expect(!run.printed.contains("hidden"))
    }
}
