import Foundation
import GRDB
import RefundCase
import RefundPolicy
import RefundWorker
import Testing

@testable import SQLiteStore
@testable import StoreConformance

@Suite("A worker and the file that it has open")
struct HoldingTests {
    private let fixture: SQLiteFixture
    private let files = FileManager.default

    init() throws {
        fixture = try SQLiteFixture()
    }

    private func refusal(_ body: () throws -> Void) -> StoreError? {
        do {
            try body()
            return nil
        } catch {
            return error as? StoreError
        }
    }

    private var lock: String { WriterLock.path(besideStoreAt: fixture.path) }

    @Test("a file that is copied over in its place is noticed, and stays noticed")
    func copiedOver() throws {
        let desk = try Desk(fixture)
        try desk.open(RequestText("rr-1"))
        let bytes = try Data(contentsOf: URL(fileURLWithPath: fixture.path))
        try desk.open(RequestText("rr-2"))
        // As cp does: into the file that is there.
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: fixture.path))
        try file.truncate(atOffset: 0)
        try file.write(contentsOf: bytes)
        try file.close()
        for _ in 0..<2 {
            #expect(refusal { try desk.open(RequestText("rr-3")) }?.kind == .exchanged)
        }
    }

    @Test("what is committed while the file is moved away is not told as kept")
    func movedDuringCommit() throws {
        let desk = try Desk(fixture)
        let changes = desk.changes(opening: [RequestText("rr-1")])
        let error = refusal {
            _ = try desk.store.transact(recording: [], loading: CaseKeys(), at: Times.opening) { _ in
                try? files.moveItem(atPath: fixture.path, toPath: fixture.path + ".moved")
                return changes
            }
        }
        #expect(error?.kind == .exchanged)
        #expect(error?.problem.contains("is gone") == true)
        try files.moveItem(atPath: fixture.path + ".moved", toPath: fixture.path)
        // The same once more finds it known.
        #expect(try desk.find("rr-1") != nil)
    }

    @Test("what the worker and others write in good order is no exchange: checkpoints, archives, readers, a copy taken")
    func goodOrder() throws {
        let desk = try Desk(fixture)
        try desk.open(RequestText("rr-1"))
        let reader = try SQLiteCaseReader(path: fixture.path)
        let archive = try SQLiteCaseArchive(path: fixture.path)
        try fixture.withConnection { database in
            try database.execute(sql: "CREATE TABLE note (x); INSERT INTO note VALUES (1)")
        }
        try fixture.keepCopy()
        for index in 2..<6 { try desk.open(RequestText("rr-\(index)")) }
        #expect(try archive.finishedCases(before: Times.opening, after: nil, lookingAt: 10).cases.isEmpty)
        #expect(try reader.counts()[.approved] == 5)
    }

    @Test("a hard link lets nobody in by its name, beside a worker or after one")
    func hardLink() throws {
        let link = fixture.directory.appendingPathComponent("link.sqlite").path
        let store = try SQLiteStore(path: fixture.path)
        try files.linkItem(atPath: fixture.path, toPath: link)
        #expect(refusal { _ = try SQLiteStore(path: link) }?.kind == .busy)
        store.close()
        let error = refusal { _ = try SQLiteStore(path: link) }
        #expect(error?.problem.contains("2 names") == true)
        try files.removeItem(atPath: link)
        try SQLiteStore(path: fixture.path).close()
    }

    @Test("the lock is on the file itself, wherever the one beside it is")
    func otherMount() throws {
        let store = try SQLiteStore(path: fixture.path)
        // Another mount of the file alone has another directory, and so no lock beside it.
        try files.removeItem(atPath: lock)
        let error = refusal { _ = try SQLiteStore(path: fixture.path) }
        #expect(error?.kind == .busy)
        #expect(error?.problem.contains("this or another name") == true)
        store.close()
        try SQLiteStore(path: fixture.path).close()
    }

    @Test("where a store was, a new one is made only once somebody has said so", arguments: [false, true])
    func goneAtTheNextStart(leavesEmptyFile: Bool) throws {
        let store = try SQLiteStore(path: fixture.path)
        let identity = store.identity
        store.close()
        try files.removeItem(atPath: fixture.path)
        if leavesEmptyFile { try Data().write(to: URL(fileURLWithPath: fixture.path)) }
        for _ in 0..<2 {
            let error = refusal { _ = try SQLiteStore(path: fixture.path) }
            #expect(error?.kind == .exchanged)
            #expect(error?.problem.contains(identity.text) == true && error?.remedy.contains(lock) == true)
        }
        #expect(files.fileExists(atPath: fixture.path) == leavesEmptyFile)
        #expect(SQLiteStoreFacts.remembered(at: fixture.path) == identity)
        try files.removeItem(atPath: lock)
        let new = try SQLiteStore(path: fixture.path)
        #expect(new.identity != identity)
        new.close()
    }

    @Test("another store in the place of the one that was there last is refused, and a copy of that is not")
    func anotherAtTheNextStart() throws {
        let store = try SQLiteStore(path: fixture.path)
        store.close()
        try fixture.keepCopy()
        try fixture.exchange(.anotherStore)
        #expect(refusal { _ = try SQLiteStore(path: fixture.path) }?.kind == .exchanged)
        try files.removeItem(atPath: fixture.path)
        try files.copyItem(atPath: fixture.path + ".copy", toPath: fixture.path)
        let restored = try SQLiteStore(path: fixture.path)
        #expect(restored.identity == store.identity)
        restored.close()
    }

    @Test("a pinned identity lets in that store alone, and makes none")
    func pinned() throws {
        let zero = try #require(StoreIdentity(String(repeating: "0", count: 32)))
        let error = refusal { _ = try SQLiteStore(path: fixture.path, expected: zero) }
        #expect(error?.kind == .exchanged && error?.problem.contains("store.identity") == true)
        #expect(!files.fileExists(atPath: fixture.path))
        let store = try SQLiteStore(path: fixture.path)
        let identity = store.identity
        store.close()
        #expect(refusal { _ = try SQLiteStore(path: fixture.path, expected: zero) }?.kind == .exchanged)
        try SQLiteStore(path: fixture.path, expected: identity).close()
    }

    @Test("a store of an older version gets an identity at its first opening")
    func older() throws {
        let queue = try DatabaseQueue(path: fixture.path)
        try queue.inDatabase { try Schema.claim($0) }
        try Schema.migrator.migrate(queue, upTo: "8: who sent what a person said")
        try queue.close()
        let store = try SQLiteStore(path: fixture.path)
        let identity = store.identity
        store.close()
        #expect(try SQLiteStoreFacts.read(path: fixture.path).identity == identity)
    }

    @Test("damage is found by the quick check, and a check that takes too long is told as such")
    func integrity() throws {
        let desk = try Desk(fixture)
        for batch in 0..<20 {
            try desk.commit(desk.changes(opening: (0..<20).map { RequestText("rr-\(batch)-\($0)") }))
        }
        try fixture.close(desk.store)
        #expect(try SQLiteStoreFacts.read(path: fixture.path).integrity == .whole)
        #expect(try SQLiteStoreFacts.read(path: fixture.path, patience: .zero).integrity == .unfinished)
    }
}
