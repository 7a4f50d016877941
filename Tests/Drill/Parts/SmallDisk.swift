import Foundation

/// A small file system in memory that can be filled up. Only root can make one.
final class SmallDisk: Sendable {
    struct NotFilled: Error, CustomStringConvertible {
        let number: Int32

        var description: String { "the small disk could not be filled: \(String(cString: strerror(number)))" }
    }

    let folder: URL
    private let ballast: String

    /// - Returns: `nil` where this process may not make one.
    init?(at folder: URL, megabytes: Int) {
        self.folder = folder
        ballast = folder.appending(path: "ballast").path
        guard geteuid() == 0,
            (try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)) != nil,
            (try? Script.run("mount", ["-t", "tmpfs", "-o", "size=\(megabytes)m,mode=700", "tmpfs", folder.path]))
                != nil
        else { return nil }
    }

    /// Leaves no room at all.
    func fill() throws {
        let descriptor = open(ballast, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw NotFilled(number: errno) }
        defer { close(descriptor) }
        let block = [UInt8](repeating: 0, count: 1 << 20)
        // Whole blocks first, then pages: what is left in the end is less than a page.
        for size in [1 << 20, 4_096] {
            while write(descriptor, block, size) == size {}
        }
        guard errno == ENOSPC || errno == 0 else { throw NotFilled(number: errno) }
    }

    func free() { unlink(ballast) }

    /// What was on it is kept beside it: whoever looks for a mistake wants to see the store.
    func unmount() {
        free()
        let kept = folder.deletingLastPathComponent().appending(path: "disk-as-it-was")
        try? FileManager.default.copyItem(at: folder, to: kept)
        _ = try? Script.run("umount", ["-l", folder.path])
    }
}
