import Foundation
import Glibc

/// Looks at the disk that a directory is on.
enum DiskProbe {
    /// How often writing is tried.
    private static let tries = 9

    /// - Returns: `nil` when the directory is not there.
    static func look(at directory: String) -> DiskReading? {
        var room = statvfs()
        guard statvfs(directory, &room) == 0 else { return nil }
        let mounts = (try? String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8)) ?? ""
        return DiskReading(
            directory: directory, fileSystem: fileSystem(of: directory, mounts: mounts),
            freeBytes: UInt64(room.f_bavail) * UInt64(room.f_frsize),
            freeFiles: room.f_files == 0 ? nil : UInt64(room.f_favail),
            synchronizations: synchronizations(in: directory))
    }

    /// The file system of the innermost mount that the directory is below; of two at one place the later lies on top
    /// (proc(5), "mountinfo").
    static func fileSystem(of directory: String, mounts: String) -> String? {
        var best: (place: String, kind: String)?
        for line in mounts.split(separator: "\n") {
            let parts = line.components(separatedBy: " - ")
            let fields = parts[0].split(separator: " ")
            guard parts.count == 2, fields.count > 4, let kind = parts[1].split(separator: " ").first else { continue }
            let place = unescaped(String(fields[4]))
            let isAbove = place == "/" || directory == place || directory.hasPrefix(place + "/")
            if isAbove, place.utf8.count >= best?.place.utf8.count ?? 0 { best = (place, String(kind)) }
        }
        return best?.kind
    }

    /// White space stands there in octal.
    private static func unescaped(_ text: String) -> String {
        text.replacing("\\040", with: " ").replacing("\\011", with: "\t").replacing("\\012", with: "\n")
            .replacing("\\134", with: "\\")
    }

    /// Writes and synchronizes 4 KiB some times, in a file without a name, which is gone with its descriptor.
    ///
    /// - Returns: how long each took, in microseconds; `nil` where no such file can be made.
    private static func synchronizations(in directory: String) -> [Int64]? {
        // O_TMPFILE is not imported: it is this bit and O_DIRECTORY (open(2)).
        let descriptor = open(directory, 0o20_000_000 | O_DIRECTORY | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        let block = [UInt8](repeating: 0x55, count: 4_096)
        var durations: [Int64] = []
        for attempt in 0..<tries {
            let start = ContinuousClock.now
            guard pwrite(descriptor, block, block.count, off_t(attempt * block.count)) == block.count,
                fdatasync(descriptor) == 0
            else { return nil }
            durations.append((ContinuousClock.now - start).components.attoseconds / 1_000_000_000_000)
        }
        return durations
    }
}
