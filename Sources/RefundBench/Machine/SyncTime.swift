import Foundation

/// How long the disk takes to keep 4 KiB that were appended to a file (`fdatasync`), in microseconds.
public struct SyncTime: Codable, Hashable, Sendable {
    public let median: Double
    public let most: Double

    public init(median: Double, most: Double) {
        self.median = median
        self.most = most
    }

    /// Writes a file in that folder, and takes it away again.
    ///
    /// - Throws: `BenchError` when nothing can be written there.
    static func measure(in folder: URL, writes: Int) throws -> SyncTime {
        let path = folder.appending(path: "sync").path
        let file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw BenchError.folder(path: folder.path, reason: String(cString: strerror(errno))) }
        defer {
            close(file)
            unlink(path)
        }
        let page = [UInt8](repeating: 0x61, count: 4_096)
        var times: [Double] = []
        for _ in 0..<writes {
            let began = ContinuousClock.now
            guard write(file, page, page.count) == page.count, fdatasync(file) == 0 else {
                throw BenchError.folder(path: folder.path, reason: String(cString: strerror(errno)))
            }
            times.append((ContinuousClock.now - began).inSeconds * 1_000_000)
        }
        let spread = Spread(times)
        return SyncTime(median: spread?.median ?? 0, most: spread?.most ?? 0)
    }
}
