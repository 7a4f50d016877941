import RefundMessages
import RefundWorker

/// Brings a file and its store in step after a run that was interrupted: what is in the file and still in the store was
/// written and not removed, and is cut off again.
///
/// A batch is removed in one transaction after it is on disk. So whatever was removed is whole in the file, and what was
/// not stands at its end: at most one batch, of which a crash may have left any part.
struct ArchiveResumption {
    let file: ArchiveFile
    let reader: any CaseReader
    /// How many lines a run may have written without removing their cases.
    let batch: Int

    /// - Returns: how many lines were cut off, a torn one included.
    /// - Throws: `ArchiveFileError` when file and store don't belong together.
    func cutUnremoved() throws -> Int {
        var cut = 0
        while let line = try file.lastLine() {
            guard try !line.isWhole || isUnremoved(line.text) else { return cut }
            guard cut < batch else { throw olderStore }
            try file.cut(to: line.start)
            cut += 1
        }
        return cut
    }

    private func isUnremoved(_ text: [UInt8]) throws -> Bool {
        // What was removed was on disk before, and can be read.
        guard let record = try? ArchiveRecord(text) else { return true }
        if let known = try reader.history(of: record.requestID) {
            guard known.events.count >= record.events.count else { throw olderStore }
            return true
        }
        guard try reader.archived(record.requestID) != nil else {
            throw ArchiveFileError(
                file.path, problem: "its last case is not of this store",
                remedy: "check --store-url, or name another file")
        }
        return false
    }

    private var olderStore: ArchiveFileError {
        ArchiveFileError(
            file.path, problem: "it is ahead of the store, which was restored from an older backup, or is another",
            remedy: "keep the file and name another: cases that are in both are the same up to that backup")
    }
}
