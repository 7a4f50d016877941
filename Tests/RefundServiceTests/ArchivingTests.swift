import Foundation
import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker
import SQLiteStore
import TestSupport
import Testing

@testable import RefundService

@Suite("Archiving finished cases")
struct ArchivingTests {
    @Test("every finished case is in the file with its whole history, and only its identity is in the store")
    func wholeHistory() throws {
        let filled = try FilledStore()
        let before = try filled.histories()
        let summary = try filled.archive()
        #expect(summary.archived == 20)
        #expect(summary.counts == [.settled: 16, .rejected: 2, .withdrawn: 2])
        #expect(summary.bytes == (try Data(contentsOf: URL(filePath: filled.file)).count))
        try filled.expectAgreement()
        let records = try filled.records()
        #expect(records == before.map { ArchiveRecord($0, archivedAt: FilledStore.archivedAt) })
        for (record, history) in zip(records, before) {
            let policy = try PolicyVersion(yaml: record.policy, fileName: "archive")
            #expect(try RefundCase.rebuild(from: record.events, policy: policy) == history.refundCase)
        }
        #expect(try filled.archive().archived == 0, "nothing is left")
        #expect(try SQLiteCaseReader(path: filled.store).counts()[.approved] == 3)
    }

    @Test("a dry run counts the same and changes nothing")
    func dryRun() throws {
        let filled = try FilledStore()
        let would = try filled.archiving().look()
        #expect(!FileManager.default.fileExists(atPath: filled.file))
        #expect(try filled.histories().count == 20)
        #expect(try filled.archive() == would)
    }

    @Test("a limit is kept, and the next run goes on behind it")
    func limit() throws {
        let filled = try FilledStore()
        let first = try filled.archive(limit: 6)
        #expect(first.archived == 6 && first.isLimited)
        try filled.expectAgreement()
        let second = try filled.archive()
        #expect(second.archived == 14 && !second.isLimited && second.cutLines == 0)
        #expect(try filled.records().map(\.requestID.text) == filled.finished)
    }

    @Test("a run that dies at any batch, before or after the removal, is gone on with", arguments: [false, true])
    func death(isRemoved: Bool) throws {
        for batch in 0..<5 {
            let filled = try FilledStore()
            var sizes: [Int] = []
            let dying = try TroubledArchive(filled.store) { removals, archive throws(StoreError) in
                sizes.append(removals.count)
                guard sizes.count > batch else { return }
                if isRemoved { _ = try archive.remove(removals) }
                throw TroubledArchive.death
            }
            #expect(throws: TroubledArchive.death) { try filled.archive(by: dying) }
            #expect(try filled.records().count == sizes.reduce(0, +))
            let summary = try filled.archive()
            #expect(summary.cutLines == (isRemoved ? 0 : sizes.last))
            try filled.expectAgreement()
            #expect(try filled.records().map(\.requestID.text) == filled.finished)
        }
    }

    @Test("whatever a crash has left of a batch that was not removed, the next run makes it whole")
    func tornBatch() throws {
        let filled = try FilledStore()
        try filled.archive(limit: 8)
        let removed = try Data(contentsOf: URL(filePath: filled.file))
        try filled.dieWritingABatch()
        let whole = try Data(contentsOf: URL(filePath: filled.file))
        let store = try filled.backup()
        for length in stride(from: removed.count, through: whole.count, by: 2_999) {
            for isZeroed in [false, true] {
                var left = whole.prefix(length)
                // A file system may have kept the length and the end, and lost what is before.
                if isZeroed { left.resetBytes(in: removed.count..<(removed.count + length) / 2) }
                try left.write(to: URL(filePath: filled.file))
                _ = try filled.archive(limit: 1)
                try filled.expectAgreement()
                #expect(try filled.records().map(\.requestID.text) == Array(filled.finished.prefix(9)))
                try filled.restore(store)
            }
        }
    }

    @Test("a case to which something happens while it is written stays, and the others of its batch are archived")
    func changedMeanwhile() throws {
        let filled = try FilledStore()
        let late = try #require(RequestID(filled.finished[5]))
        var hasHappened = false
        let troubled = try TroubledArchive(filled.store) { removals, _ throws(StoreError) in
            guard !hasHappened, removals.contains(where: { $0.identity.requestID == late }) else { return }
            hasHappened = true
            let store = try SQLiteStore(path: filled.store)
            defer { store.close() }
            let body = Array(#"{"request_id": "\#(late)", "submitted_at": "2022-02-23T09:30:00Z"}"#.utf8)
            let delivery = InboundDelivery(
                tag: DeliveryTag(epoch: 1, number: 1), source: .requests, isRedelivered: false, type: .withdrawn,
                messageID: nil, traceparent: nil, body: .whole(body), envelope: nil)
            let batch = Batch(reading: [delivery], with: InboundDecoder(), at: FilledStore.archivedAt)
            _ = try store.transact(recording: [], loading: batch.keys, at: FilledStore.archivedAt) { loaded in
                batch.decide(loaded, under: PolicyShelf(.standard)).changes
            }
        }
        let summary = try filled.archive(by: troubled)
        #expect(hasHappened)
        #expect(summary.archived == 19)
        try filled.expectAgreement()
        #expect(try filled.records().allSatisfy { $0.requestID != late })
    }

    /// Archived, its late payout was a dead letter like any other, and its line was free to be paid again.
    @Test("a case that ended without the payout that it had sent stays, since it may still be told of as paid")
    func endedUnpaid() throws {
        let filled = try FilledStore()
        var life = CaseLife()
        life.add(.failed(.payout, at: Example.receivedAt, retryable: false), at: Example.receivedAt)
        life.add(.reviewed(.void), at: Example.receivedAt)
        #expect(life.status == .rejected)
        let summary = try filled.archive(
            by: EndedUnpaid(filled.store, filled.finished[5], as: life.refundCase))
        #expect(summary.archived == 19 && summary.unpaid == 1)
        try filled.expectAgreement()
        #expect(try filled.records().allSatisfy { $0.requestID.text != filled.finished[5] })
    }

    @Test("cases that change each time end the run, with file and store in step")
    func restless() throws {
        let filled = try FilledStore()
        let troubled = try TroubledArchive(filled.store) { removals, archive throws(StoreError) in
            // Somebody else takes one of them.
            if removals.count > 1 { _ = try archive.remove([removals[0]]) }
        }
        let summary = try filled.archive(by: troubled)
        #expect(summary.archived < 20)
        #expect(try filled.records().count == summary.archived)
    }

    @Test("a busy store ends the run, with file and store in step")
    func busy() throws {
        let filled = try FilledStore()
        var sizes: [Int] = []
        let busy = StoreError(.busy, operation: "begin", problem: "a test", remedy: "none")
        let troubled = try TroubledArchive(filled.store) { removals, _ throws(StoreError) in
            sizes.append(removals.count)
            if sizes.count == 2 { throw busy }
        }
        #expect(throws: busy) { try filled.archive(by: troubled) }
        #expect(try filled.records().count == sizes[0])
        try filled.expectAgreement()
    }
}

/// An archive in which one case is another than it is in the store.
private final class EndedUnpaid: CaseArchive {
    private let archive: any CaseArchive
    private let id: String
    private let other: RefundCase

    init(_ path: String, _ id: String, as other: RefundCase) throws {
        archive = try SQLiteCaseArchive(path: path)
        (self.id, self.other) = (id, other)
    }

    func finishedCases(
        before cutoff: Instant, after place: CaseID?, lookingAt limit: Int
    ) throws(StoreError) -> FinishedCases {
        var found = try archive.finishedCases(before: cutoff, after: place, lookingAt: limit)
        for place in found.cases.indices where found.cases[place].refundCase.id.text == id {
            found.cases[place].refundCase = other
        }
        return found
    }

    func remove(_ cases: [CaseRemoval]) throws(StoreError) -> Bool { try archive.remove(cases) }
}

extension FilledStore {
    /// Writes a batch to the file, and removes nothing.
    fileprivate func dieWritingABatch() throws {
        let dying = try TroubledArchive(store) { _, _ throws(StoreError) in throw TroubledArchive.death }
        #expect(throws: TroubledArchive.death) { try archive(by: dying) }
    }
}
