import Foundation
import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker
import SQLiteStore
import Testing

@Suite("What a SQLite store is after a crash")
struct CrashTests {
    /// SQLite's file format: a header of 32 bytes, then frames of a page with a header of 24.
    private static let frame = 24 + 8_192

    @Test("a log that was cut anywhere holds whole transactions and nothing else")
    func cutLog() throws {
        let fixture = try SQLiteFixture()
        let desk = try TestDesk(fixture)
        // Three cases for each transaction.
        let batches = (0..<4).map { batch in (0..<3).map { "rr-\(batch)-\($0)" } }
        for batch in batches { try desk.open(batch) }
        let database = try Data(contentsOf: URL(fileURLWithPath: fixture.path))
        let log = try Data(contentsOf: URL(fileURLWithPath: fixture.path + "-wal"))
        desk.store.close()

        let frames = (log.count - 32) / CrashTests.frame
        let boundaries = (0...frames).flatMap { index in
            [-1, 0, 2_000].map { 32 + index * CrashTests.frame + $0 }
        }
        var kept: [Int] = []
        for (number, length) in boundaries.filter({ $0 <= log.count }).enumerated() {
            let path = fixture.directory.appendingPathComponent("cut-\(number).sqlite").path
            try database.write(to: URL(fileURLWithPath: path))
            try log.prefix(length).write(to: URL(fileURLWithPath: path + "-wal"))
            kept.append(try wholeBatches(at: path, of: batches))
        }
        #expect(kept == kept.sorted())
        #expect(Set(kept) == Set(0...batches.count))
    }

    @Test("a log with a flipped bit ends before it")
    func flippedBit() throws {
        let fixture = try SQLiteFixture()
        let desk = try TestDesk(fixture)
        let batches = (0..<4).map { batch in (0..<3).map { "rr-\(batch)-\($0)" } }
        for batch in batches { try desk.open(batch) }
        let database = try Data(contentsOf: URL(fileURLWithPath: fixture.path))
        let log = try Data(contentsOf: URL(fileURLWithPath: fixture.path + "-wal"))
        desk.store.close()

        var kept: [Int] = []
        for (number, position) in stride(from: 60, to: log.count, by: CrashTests.frame).enumerated() {
            var damaged = log
            damaged[position] ^= 0x10
            let path = fixture.directory.appendingPathComponent("flip-\(number).sqlite").path
            try database.write(to: URL(fileURLWithPath: path))
            try damaged.write(to: URL(fileURLWithPath: path + "-wal"))
            kept.append(try wholeBatches(at: path, of: batches))
        }
        #expect(kept == kept.sorted())
        #expect(kept.last == batches.count - 1)
    }

    /// How many of the transactions are there; each must be whole, and none may be missing before another.
    private func wholeBatches(at path: String, of batches: [[String]]) throws -> Int {
        try SQLiteStore(path: path).close()
        let reader = try SQLiteCaseReader(path: path)
        let present = try batches.map { try $0.map { try isWhole($0, in: reader) } }
        for batch in present { #expect(Set(batch).count == 1, "a transaction was kept in part") }
        let count = present.prefix { $0.allSatisfy { $0 } }.count
        #expect(
            present.dropFirst(count).allSatisfy { $0.allSatisfy { !$0 } }, "a transaction is missing before another")
        #expect(try reader.counts()[.approved] == 3 * count)
        return count
    }

    /// Whether a case is there, with everything that was committed with it.
    private func isWhole(_ id: String, in reader: SQLiteCaseReader) throws -> Bool {
        guard let history = try reader.history(of: try #require(RequestID(id))) else { return false }
        #expect(history.messages.count == 3)
        #expect(
            try RefundCase.rebuild(from: history.events, policy: history.refundCase.policy) == history.refundCase)
        return true
    }
}
