import Foundation
import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker
import SQLiteStore
import StoreFilling
import Testing

@testable import RefundService

/// A SQLite store with finished cases in a directory of its own, and the file that they are archived to.
final class FilledStore {
    let directory: URL
    let store: String
    let file: String
    /// The finished cases' ids in the order of their numbers.
    let finished: [String]

    static let at = Instant(microsecondsSinceEpoch: 1_645_522_200_000_000)
    static let archivedAt = at + .seconds(86_400 * 500)

    init(finished count: Int = 20) throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "archiving-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        store = directory.appending(path: "cases.sqlite").path
        file = directory.appending(path: "cases.jsonl").path
        finished = try StoreFilling(finished: count, open: 3, at: FilledStore.at).fill(path: store)
    }

    deinit {
        try? FileManager.default.removeItem(at: directory)
    }

    /// Archives four at a time.
    @discardableResult
    func archive(by archive: (any CaseArchive)? = nil, limit: Int = .max) throws -> ArchivingSummary {
        try archiving(by: archive, limit: limit).run(into: try ArchiveFile(path: file))
    }

    func archiving(by archive: (any CaseArchive)? = nil, limit: Int = .max) throws -> Archiving {
        Archiving(
            archive: try archive ?? SQLiteCaseArchive(path: store), reader: try SQLiteCaseReader(path: store),
            before: FilledStore.archivedAt, limit: limit, batch: 4, clock: { FilledStore.archivedAt })
    }

    /// The store's file, with nobody at it.
    func backup() throws -> Data {
        try #require(!FileManager.default.fileExists(atPath: store + "-wal"), "a connection is open")
        return try Data(contentsOf: URL(filePath: store))
    }

    func restore(_ backup: Data) throws {
        for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: store + suffix) }
        try backup.write(to: URL(filePath: store))
    }

    func histories() throws -> [CaseHistory] {
        let reader = try SQLiteCaseReader(path: store)
        return try finished.map { id in
            let request = try #require(RequestID(id))
            return try #require(try reader.history(of: request))
        }
    }

    /// The file's lines, each of which must be whole.
    func records() throws -> [ArchiveRecord] {
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: file)))
        #expect(bytes.last == UInt8(ascii: "\n"))
        return try bytes.split(separator: UInt8(ascii: "\n")).map { try ArchiveRecord(Array($0)) }
    }

    /// Records an issue for every finished case that is not in exactly one of the two places.
    func expectAgreement(sourceLocation: SourceLocation = #_sourceLocation) throws {
        let reader = try SQLiteCaseReader(path: store)
        let written = try records().map(\.requestID.text)
        #expect(Set(written).count == written.count, "a case is twice in the file", sourceLocation: sourceLocation)
        for id in finished {
            let request = try #require(RequestID(id))
            let isStored = try reader.history(of: request) != nil
            let isKnown = try reader.archived(request) != nil
            #expect(isStored != written.contains(id), "\(id)", sourceLocation: sourceLocation)
            #expect(isKnown == written.contains(id), "\(id)", sourceLocation: sourceLocation)
        }
    }
}

/// An archive at which something happens when a batch is about to be removed.
final class TroubledArchive: CaseArchive {
    private let archive: any CaseArchive
    private let beforeRemoval: ([CaseRemoval], any CaseArchive) throws(StoreError) -> Void

    init(
        _ path: String, _ beforeRemoval: @escaping ([CaseRemoval], any CaseArchive) throws(StoreError) -> Void
    ) throws {
        archive = try SQLiteCaseArchive(path: path)
        self.beforeRemoval = beforeRemoval
    }

    func finishedCases(
        before cutoff: Instant, after place: CaseID?, lookingAt limit: Int
    ) throws(StoreError) -> FinishedCases {
        try archive.finishedCases(before: cutoff, after: place, lookingAt: limit)
    }

    func remove(_ cases: [CaseRemoval]) throws(StoreError) -> Bool {
        try beforeRemoval(cases, archive)
        return try archive.remove(cases)
    }

    /// As when the process dies at that moment: nothing is tidied up.
    static let death = StoreError(.outcomeUnknown, operation: "commit", problem: "a test", remedy: "none")
}
