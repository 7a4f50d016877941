import Foundation

/// The file that archived cases are written to: JSON lines, added in whole batches, each on disk before anything else
/// happens. One process at a time may write to it.
public final class ArchiveFile {
    public let path: String
    /// Where the next batch goes.
    private(set) var size: Int
    private var descriptor: Int32

    /// How every line begins, so that nothing but an archive is ever written to or cut.
    static let beginning = Array(#"{"version":1,"request_id":""#.utf8)

    /// Opens the file, or makes it for this user's eyes alone: histories name contacts and payment tokens.
    ///
    /// - Throws: `ArchiveFileError` when it can't be opened, is no archive, or another run is writing to it.
    public init(path: String) throws(ArchiveFileError) {
        self.path = path
        size = 0
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw ArchiveFileError(path, errno, remedy: "check that its directory exists and may be written to")
        }
        do {
            try claim()
        } catch {
            _ = close(descriptor)
            descriptor = -1
            throw error
        }
    }

    deinit {
        if descriptor >= 0 { _ = close(descriptor) }
    }

    private func claim() throws(ArchiveFileError) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw ArchiveFileError(path, errno, remedy: "name another file") }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw ArchiveFileError(
                path, problem: "is no file on a disk", remedy: "name one: it is read again on resuming")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw ArchiveFileError(
                path, problem: "another run is writing to it", remedy: "wait for that, or name another")
        }
        size = Int(status.st_size)
        let start = try bytes(0..<min(size, ArchiveFile.beginning.count))
        guard ArchiveFile.beginning.starts(with: start) else {
            throw ArchiveFileError(path, problem: "is no archive of this program", remedy: "name another file")
        }
        try syncDirectory()
    }

    /// Adds lines, and returns once they are on disk; when that fails the file is as before.
    func append(_ lines: [[UInt8]]) throws(ArchiveFileError) {
        let before = size
        do throws(ArchiveFileError) {
            var batch: [UInt8] = []
            batch.reserveCapacity(lines.reduce(0) { $0 + $1.count + 1 })
            for line in lines { batch += line + [UInt8(ascii: "\n")] }
            try write(batch)
            guard fsync(descriptor) == 0 else {
                throw ArchiveFileError(path, errno, remedy: "check its disk; nothing of this batch was removed")
            }
        } catch {
            try? cut(to: before)
            throw error
        }
    }

    /// Takes back what stands from there on.
    func cut(to end: Int) throws(ArchiveFileError) {
        guard ftruncate(descriptor, off_t(end)) == 0 else {
            throw ArchiveFileError(path, errno, remedy: "check its disk, then run the same command again")
        }
        size = end
    }

    /// What stands between the last two line ends, and where it begins; `nil` when the file is empty.
    ///
    /// - Returns: `isWhole` is `false` for what comes after the last line end: a line that was being written.
    func lastLine() throws(ArchiveFileError) -> (start: Int, text: [UInt8], isWhole: Bool)? {
        guard size > 0 else { return nil }
        var start = size
        var text: [UInt8] = []
        while start > 0 {
            let next = max(0, start - ArchiveFile.chunk)
            text = try bytes(next..<start) + text
            start = next
            // The line's own end is no border.
            guard let border = text.dropLast().lastIndex(of: UInt8(ascii: "\n")) else { continue }
            start += border + 1
            text.removeFirst(border + 1)
            break
        }
        guard text.last == UInt8(ascii: "\n") else { return (start, text, false) }
        return (start, text.dropLast(), true)
    }

    private static let chunk = 65_536

    private func bytes(_ range: Range<Int>) throws(ArchiveFileError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: range.count)
        var count = 0
        while count < bytes.count {
            let read = bytes[count...].withUnsafeMutableBytes {
                pread(descriptor, $0.baseAddress, $0.count, off_t(range.lowerBound + count))
            }
            if read < 0, errno == EINTR { continue }
            guard read > 0 else {
                throw ArchiveFileError(path, read < 0 ? errno : EIO, remedy: "check its disk, then run it again")
            }
            count += read
        }
        return bytes
    }

    private func write(_ batch: [UInt8]) throws(ArchiveFileError) {
        var rest = batch[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, off_t(size)) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else {
                throw ArchiveFileError(
                    path, written < 0 ? errno : ENOSPC,
                    remedy: "make room there, then run the same command again: it goes on where it stopped")
            }
            size += written
            rest = rest.dropFirst(written)
        }
    }

    /// Lets the file's own name outlive a crash, too.
    private func syncDirectory() throws(ArchiveFileError) {
        let directory = open(URL(fileURLWithPath: path).deletingLastPathComponent().path, O_RDONLY | O_CLOEXEC)
        guard directory >= 0 else { throw ArchiveFileError(path, errno, remedy: "let its directory be read") }
        defer { _ = close(directory) }
        guard fsync(directory) == 0 else { throw ArchiveFileError(path, errno, remedy: "check its disk") }
    }
}

/// An archive's file can't be used.
public struct ArchiveFileError: Error, Hashable, Sendable, CustomStringConvertible {
    public let path: String
    public let problem: String
    /// What to do about it.
    public let remedy: String

    init(_ path: String, problem: String, remedy: String) {
        self.path = path
        self.problem = problem
        self.remedy = remedy
    }

    init(_ path: String, _ number: Int32, remedy: String) {
        self.init(path, problem: String(cString: strerror(number)), remedy: remedy)
    }

    public var description: String { "\(path): \(problem); \(remedy)" }
}
