public import RefundCase
import RefundMessages
public import RefundPolicy
public import RefundWorker

/// Moves finished cases from a store to a file, batch after batch: written, on disk, then removed in one transaction.
/// It may end at any moment; the next run on the same file goes on from there.
public struct Archiving {
    private let archive: any CaseArchive
    private let reader: any CaseReader
    private let cutoff: Instant
    private let limit: Int
    private let batch: Int
    private let clock: () -> Instant

    /// How many cases a transaction takes out: few enough that a worker hardly notices.
    private static let batch = 200
    /// How often in a row a batch may turn out to have changed while it was written.
    private static let attempts = 20

    /// - Parameters:
    ///   - location: the store.
    ///   - cutoff: only cases whose last event was before.
    ///   - limit: at most that many cases.
    ///   - clock: tells when a batch is archived.
    /// - Throws: `StoreError`.
    public init(
        _ location: StoreLocation, before cutoff: Instant, limit: Int = .max, clock: @escaping () -> Instant
    ) throws(StoreError) {
        self.init(
            archive: try location.openArchive(), reader: try location.openReader(), before: cutoff, limit: limit,
            clock: clock)
    }

    /// For any store, and with another size of batches.
    init(
        archive: any CaseArchive, reader: any CaseReader, before cutoff: Instant, limit: Int = .max,
        batch: Int = Archiving.batch, clock: @escaping () -> Instant
    ) {
        self.archive = archive
        self.reader = reader
        self.cutoff = cutoff
        self.limit = limit
        self.batch = batch
        self.clock = clock
    }

    /// Moves the cases.
    ///
    /// - Throws: `StoreError` or `ArchiveFileError`; what was done until then stays done.
    public func run(
        into file: ArchiveFile, onProgress: (ArchivingSummary) -> Void = { _ in }
    ) throws -> ArchivingSummary {
        let resumption = ArchiveResumption(file: file, reader: reader, batch: batch)
        var summary = ArchivingSummary()
        summary.cutLines = try resumption.cutUnremoved()
        try walk(&summary, onProgress) { batch, summary in
            let removed = try move(batch, to: file)
            if removed { summary.count(batch) }
            return removed
        }
        return summary
    }

    /// Says what would be moved, and changes nothing.
    ///
    /// - Throws: `StoreError`.
    public func look(onProgress: (ArchivingSummary) -> Void = { _ in }) throws -> ArchivingSummary {
        var summary = ArchivingSummary()
        try walk(&summary, onProgress) { batch, summary in
            summary.count(batch)
            return true
        }
        return summary
    }

    /// Goes over the finished cases, a batch after the other; `act` says whether it was done with the batch.
    private func walk(
        _ summary: inout ArchivingSummary, _ onProgress: (ArchivingSummary) -> Void,
        _ act: (Batch, inout ArchivingSummary) throws -> Bool
    ) throws {
        var place: CaseID?
        var attempt = 1
        while summary.archived < limit {
            let found = try archive.finishedCases(
                before: cutoff, after: place, lookingAt: min(batch, limit - summary.archived))
            let cases = found.cases.filter { !$0.refundCase.mayBePaidAfterEnd }
            let batch = Batch(cases, at: clock())
            guard try batch.removals.isEmpty || act(batch, &summary) else {
                // Something has happened to one of them meanwhile: the store is asked again.
                guard attempt < Archiving.attempts else { throw Archiving.restless }
                attempt += 1
                continue
            }
            attempt = 1
            summary.unpaid += found.cases.count - cases.count
            summary.unreadable += found.unreadable
            onProgress(summary)
            guard let next = found.next else { return }
            place = next
        }
        summary.isLimited = true
    }

    /// - Returns: `false` when a case of the batch has changed; neither file nor store has then.
    private func move(_ batch: Batch, to file: ArchiveFile) throws -> Bool {
        let start = file.size
        try file.append(batch.lines)
        do throws(StoreError) {
            if try archive.remove(batch.removals) { return true }
        } catch {
            // Whether it was removed is found out by the next run.
            if error.kind != .outcomeUnknown { try? file.cut(to: start) }
            throw error
        }
        try file.cut(to: start)
        return false
    }

    private static var restless: StoreError {
        StoreError(
            .busy, operation: "archive", problem: "the same cases changed each time while they were being written",
            remedy: "see that no other run archives from this store, then run it again")
    }
}

/// Cases that are moved together.
private struct Batch {
    let lines: [[UInt8]]
    let removals: [CaseRemoval]

    init(_ cases: [CaseHistory], at now: Instant) {
        lines = cases.map { ArchiveRecord($0, archivedAt: now).encoded() }
        removals = cases.map { CaseRemoval($0, archivedAt: now) }
    }
}

/// What a run has done.
public struct ArchivingSummary: Hashable, Sendable {
    public internal(set) var counts: [CaseStatus: Int] = [:]
    /// Of the lines that were written.
    public internal(set) var bytes = 0
    /// Lines of an interrupted run whose cases are still in the store: they were cut off, and their cases taken anew.
    public internal(set) var cutLines = 0
    /// Finished cases that stay in the store, since a payout that they once sent may still be told as done.
    public internal(set) var unpaid = 0
    /// Finished cases that can't be read, and stay in the store.
    public internal(set) var unreadable: [RequestID] = []
    /// It ended at the limit, and more may be left.
    public internal(set) var isLimited = false

    public var archived: Int { counts.values.reduce(0, +) }

    fileprivate mutating func count(_ batch: Batch) {
        for removal in batch.removals { counts[removal.identity.status, default: 0] += 1 }
        bytes += batch.lines.reduce(0) { $0 + $1.count + 1 }
    }
}
