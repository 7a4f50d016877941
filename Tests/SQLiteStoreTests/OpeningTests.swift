import Foundation
import GRDB
import RefundCase
import RefundPolicy
import RefundWorker
import Testing

@testable import SQLiteStore

@Suite("Opening a SQLite store")
struct OpeningTests {
    let fixture: SQLiteFixture

    init() throws {
        fixture = try SQLiteFixture()
    }

    @Test("a second worker on the file is told who has it, and gets it afterwards")
    func secondWorker() throws {
        let first = try SQLiteStore(path: fixture.path)
        let error = refusal { _ = try SQLiteStore(path: fixture.path) }
        #expect(error?.kind == .busy)
        #expect(error?.problem.contains("pid \(ProcessInfo.processInfo.processIdentifier)") == true)
        #expect(error?.remedy.contains("PostgreSQL") == true)
        first.close()
        _ = try SQLiteStore(path: fixture.path)
    }

    @Test("a worker that comes by a symbolic link meets the same lock")
    func symbolicLink() throws {
        let store = try SQLiteStore(path: fixture.path)
        let link = fixture.directory.appendingPathComponent("link.sqlite").path
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: fixture.path)
        #expect(refusal { _ = try SQLiteStore(path: link) }?.kind == .busy)
        store.close()
    }

    @Test("a store that goes away unclosed lets the next one in")
    func unclosed() throws {
        do { _ = try SQLiteStore(path: fixture.path) }
        _ = try SQLiteStore(path: fixture.path)
    }

    @Test("a reader needs no lock, also before and after a worker")
    func reader() throws {
        let store = try SQLiteStore(path: fixture.path)
        #expect(try SQLiteCaseReader(path: fixture.path).counts().count == CaseStatus.allCases.count)
        store.close()
        let reader = try SQLiteCaseReader(path: fixture.path)
        #expect(try reader.counts().count == CaseStatus.allCases.count)
        let again = try SQLiteStore(path: fixture.path)
        #expect(try reader.counts().count == CaseStatus.allCases.count)
        again.close()
    }

    @Test("a reader makes no file, and says what is missing")
    func missingFile() {
        let error = refusal { _ = try SQLiteCaseReader(path: fixture.path) }
        #expect(error?.kind == .unavailable)
        #expect(error?.problem.contains(fixture.path) == true)
        #expect(!FileManager.default.fileExists(atPath: fixture.path))
    }

    @Test("a reader of an empty file is told to start the worker; a worker makes a store of it")
    func emptyFile() throws {
        try Data().write(to: URL(fileURLWithPath: fixture.path))
        #expect(refusal { _ = try SQLiteCaseReader(path: fixture.path) }?.kind == .incompatible)
        _ = try SQLiteStore(path: fixture.path)
        _ = try SQLiteCaseReader(path: fixture.path)
    }

    @Test("a file that is no database is refused and left alone", arguments: [16, 100, 5_000])
    func foreignFile(size: Int) throws {
        let contents = Data(repeating: UInt8(ascii: "x"), count: size)
        try contents.write(to: URL(fileURLWithPath: fixture.path))
        #expect(refusal { _ = try SQLiteStore(path: fixture.path) }?.kind == .incompatible)
        #expect(refusal { _ = try SQLiteCaseReader(path: fixture.path) }?.kind == .incompatible)
        #expect(try Data(contentsOf: URL(fileURLWithPath: fixture.path)) == contents)
    }

    @Test("another program's database is refused and left alone")
    func foreignDatabase() throws {
        try fixture.withConnection { try $0.execute(sql: "CREATE TABLE notes (text); INSERT INTO notes VALUES (1)") }
        let before = try Data(contentsOf: URL(fileURLWithPath: fixture.path))
        #expect(refusal { _ = try SQLiteStore(path: fixture.path) }?.kind == .incompatible)
        #expect(refusal { _ = try SQLiteCaseReader(path: fixture.path) }?.kind == .incompatible)
        #expect(try Data(contentsOf: URL(fileURLWithPath: fixture.path)) == before)
    }

    @Test("a newer version's store is refused")
    func newerVersion() throws {
        try SQLiteStore(path: fixture.path).close()
        try fixture.withConnection { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('999: something')") }
        let error = refusal { _ = try SQLiteStore(path: fixture.path) }
        #expect(error?.kind == .incompatible)
        #expect(error?.problem.contains("newer") == true)
        #expect(refusal { _ = try SQLiteCaseReader(path: fixture.path) }?.kind == .incompatible)
    }

    @Test("a damaged store is an error that says so, not a crash")
    func damagedFile() throws {
        let desk = try TestDesk(fixture)
        try desk.open((0..<200).map { "rr-\($0)" })
        desk.store.close()
        var contents = try Data(contentsOf: URL(fileURLWithPath: fixture.path))
        for index in 8_192..<contents.count { contents[index] = UInt8(truncatingIfNeeded: index &* 31) }
        try contents.write(to: URL(fileURLWithPath: fixture.path))
        let error = refusal {
            let damaged = try TestDesk(fixture)
            try damaged.open(["rr-new"])
        }
        #expect(error?.kind == .unavailable)
        #expect(error?.remedy.contains("backup") == true)
    }

    @Test(
        "a place where no file can be is an error that says so", arguments: ["", "missing/cases.sqlite", ".", "a\0b"])
    func impossiblePath(relative: String) {
        let path = relative.isEmpty || relative.utf8.contains(0) ? relative : "\(fixture.directory.path)/\(relative)"
        for open in [{ _ = try SQLiteStore(path: path) }, { _ = try SQLiteCaseReader(path: path) }]
            as [() throws -> Void]
        {
            let error = refusal(open)
            #expect(error?.kind == .unavailable)
            #expect(error?.remedy.isEmpty == false)
        }
    }

    @Test("what customers sent is not for everyone on the machine to read")
    func permissions() throws {
        let store = try SQLiteStore(path: fixture.path)
        for suffix in ["", "-wal", "-shm", "-lock"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: fixture.path + suffix)
            let mode = try #require(attributes[.posixPermissions] as? NSNumber).intValue
            #expect(mode & 0o007 == 0, "\(suffix) has mode \(String(mode, radix: 8))")
        }
        store.close()
    }

    @Test("commits are synchronous and go to a write-ahead log")
    func durability() throws {
        let queue = try StoreFile(fixture.path).openForWriting()
        let mode = try queue.inDatabase { try String.fetchOne($0, sql: "PRAGMA journal_mode") }
        let synchronous = try queue.inDatabase { try Int.fetchOne($0, sql: "PRAGMA synchronous") }
        #expect(mode == "wal")
        // FULL
        #expect(synchronous == 2)
        try queue.close()
    }

    @Test("a store in memory works, and ends with its object")
    func inMemory() throws {
        let desk = try TestDesk(SQLiteStore(path: ":memory:"))
        try desk.open(["rr-1"])
        #expect(try desk.isStored("rr-1"))
        #expect(try !TestDesk(SQLiteStore(path: ":memory:")).isStored("rr-1"))
        #expect(refusal { _ = try SQLiteCaseReader(path: ":memory:") }?.kind == .unavailable)
    }

    @Test("after closing every call throws, and closing again is nothing")
    func closed() throws {
        let store = try SQLiteStore(path: fixture.path)
        let reader = try SQLiteCaseReader(path: fixture.path)
        store.close()
        store.close()
        reader.close()
        #expect(refusal { try TestDesk(store).open(["rr-1"]) }?.kind == .unavailable)
        #expect(refusal { _ = try reader.counts() }?.kind == .unavailable)
    }
}
