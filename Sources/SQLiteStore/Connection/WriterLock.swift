import RefundWorker

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Keeps a second worker off a store: an advisory lock on a file beside it (flock(2)), which the kernel gives back
/// when the process ends in whatever way. Readers do not ask for it.
///
/// SQLite's own exclusive mode would keep readers out as well.
final class WriterLock {
    private var descriptor: Int32

    /// - Throws: `StoreError` `.busy` when another process, or another store in this one, has it.
    init(besideStoreAt path: String) throws(StoreError) {
        let lockPath = path + "-lock"
        descriptor = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o660)
        guard descriptor >= 0 else {
            throw StoreError(
                .unavailable, operation: "open", problem: "\(lockPath): \(String(cString: strerror(errno)))",
                remedy: "check that the directory exists and that this user may write in it")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            let holder = WriterLock.holder(in: descriptor)
            _ = close(descriptor)
            descriptor = -1
            throw WriterLock.refusal(reason, holder: holder, lockPath: lockPath)
        }
        write(pid: getpid())
    }

    deinit {
        release()
    }

    /// Lets others have it. The file stays: removing it would let two processes lock two files of one name.
    func release() {
        guard descriptor >= 0 else { return }
        // Said, and not left to the close: a child process that is just being started has the file open as well, until
        // it runs its program (flock(2)).
        _ = flock(descriptor, LOCK_UN)
        _ = close(descriptor)
        descriptor = -1
    }

    private static func refusal(_ reason: Int32, holder: String, lockPath: String) -> StoreError {
        guard reason == EWOULDBLOCK else {
            return StoreError(
                .unavailable, operation: "open", problem: "\(lockPath): \(String(cString: strerror(reason)))",
                remedy: "put the store on a local disk, where files can be locked")
        }
        return StoreError(
            .busy, operation: "open", problem: "another worker (pid \(holder)) has this store",
            remedy: "stop that one first; SQLite serves one process, use PostgreSQL for more")
    }

    /// Who wrote its number into the file.
    private static func holder(in descriptor: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 20)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        let digits = bytes.prefix(max(0, count)).prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        return digits.isEmpty ? "unknown" : String(decoding: digits, as: UTF8.self)
    }

    /// Only for the message of whoever comes second, so a failure does not matter.
    private func write(pid: pid_t) {
        let text = Array("\(pid)\n".utf8)
        _ = ftruncate(descriptor, 0)
        _ = pwrite(descriptor, text, text.count, 0)
    }
}
