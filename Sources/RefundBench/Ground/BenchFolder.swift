import Foundation

/// A folder of the bench's own, which goes with it.
final class BenchFolder {
    let url: URL
    private var stores = 0

    /// - Parameter parent: whose disk is measured.
    /// - Throws: `BenchError.folder`.
    init(in parent: String) throws {
        url = URL(filePath: parent).appending(path: "refund-worker-bench-\(UInt32.random(in: 0 ... .max))")
        do {
            try FileManager.default.createDirectory(
                at: url, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        } catch {
            throw BenchError.folder(path: parent, reason: "no folder can be made there")
        }
    }

    deinit {
        remove()
    }

    func remove() {
        try? FileManager.default.removeItem(at: url)
    }

    /// A path for a new SQLite store; earlier ones are taken away.
    func newStore() -> String {
        for suffix in ["", "-wal", "-shm", "-lock"] {
            try? FileManager.default.removeItem(atPath: path(stores) + suffix)
        }
        stores += 1
        return path(stores)
    }

    private func path(_ number: Int) -> String { url.appending(path: "cases-\(number).sqlite").path }
}
