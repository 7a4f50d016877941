import RefundWorker
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Keeps a second worker off a store's file itself, by whatever name it comes: a symbolic or a hard link, another mount
/// (flock(2), which has nothing to do with the locks that SQLite takes by fcntl(2)).
///
/// The descriptor stays open until the file has no name any more, and is used again: closing it would drop the locks of
/// this process's SQLite connections to the file (fcntl(2)).
final class FileLock {
    private struct Opened {
        let descriptor: Int32
        var isHeld: Bool
    }

    private static let opened: Mutex<[FileID: Opened]> = Mutex([:])

    private let id: FileID
    private var isHeld = true

    /// Makes the file if it is not there.
    ///
    /// - Throws: `StoreError` `.busy` when a worker has it, `.unavailable` when it can't be opened.
    init(_ path: String) throws(StoreError) {
        let taken: Result<FileID, StoreError> = FileLock.opened.withLock { opened in
            FileLock.forget(&opened)
            do throws(StoreError) {
                let id = try FileLock.open(path, &opened)
                try FileLock.take(id, of: path, &opened)
                return .success(id)
            } catch {
                return .failure(error)
            }
        }
        id = try taken.get()
    }

    deinit {
        release()
    }

    func release() {
        guard isHeld else { return }
        isHeld = false
        FileLock.opened.withLock { opened in
            guard let descriptor = opened[id]?.descriptor else { return }
            _ = flock(descriptor, LOCK_UN)
            opened[id]?.isHeld = false
        }
    }

    private static func open(_ path: String, _ opened: inout [FileID: Opened]) throws(StoreError) -> FileID {
        if let id = FileStanding(path: path)?.id, opened[id] != nil { return id }
        // Not for everyone's eyes: requests name contacts and payment tokens.
        let descriptor = openFile(path)
        guard descriptor >= 0, let id = FileStanding(descriptor: descriptor)?.id else {
            throw StoreError(
                .unavailable, operation: "open", problem: "\(path): \(String(cString: strerror(errno)))",
                remedy: "check that the directory exists and that this user may write in it and to the file")
        }
        // Another file was put there between the two looks, one that is known: this descriptor stays open, unused.
        if opened[id] == nil { opened[id] = Opened(descriptor: descriptor, isHeld: false) }
        return id
    }

    private static func openFile(_ path: String) -> Int32 {
        #if canImport(Glibc)
            Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o660)
        #elseif canImport(Musl)
            Musl.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o660)
        #else
            Darwin.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o660)
        #endif
    }

    private static func take(
        _ id: FileID, of path: String, _ opened: inout [FileID: Opened]
    ) throws(StoreError) {
        guard let file = opened[id], !file.isHeld, flock(file.descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw StoreError(
                .busy, operation: "open", problem: "another worker has the file \(path), under this or another name",
                remedy: "stop that one first; SQLite serves one process, use PostgreSQL for more")
        }
        opened[id]?.isHeld = true
    }

    /// Closes what has no name any more: nobody can come to it again.
    private static func forget(_ opened: inout [FileID: Opened]) {
        for (id, file) in opened where !file.isHeld {
            guard FileStanding(descriptor: file.descriptor)?.names ?? 0 == 0 else { continue }
            _ = close(file.descriptor)
            opened[id] = nil
        }
    }
}
