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
/// SQLite's own exclusive mode would keep readers out as well. Which store was there last stands in the file: one that is
/// gone, empty or another at the next start is noticed.
final class WriterLock {
    private var descriptor: Int32
    /// Which store was here last; `nil` where none ever was.
    let remembered: StoreIdentity?

    static func path(besideStoreAt path: String) -> String { path + "-lock" }

    /// A second line, behind the number of the process.
    private static let mark = "store "
    private static let longest = 80

    /// - Throws: `StoreError` `.busy` when another process, or another store in this one, has it.
    init(besideStoreAt path: String) throws(StoreError) {
        let lockPath = WriterLock.path(besideStoreAt: path)
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
            throw WriterLock.refusal(reason, holder: holder, lockPath: lockPath)
        }
        remembered = WriterLock.identity(in: WriterLock.text(in: descriptor))
        write(remembered)
    }

    /// Keeps in mind which store is here.
    func remember(_ identity: StoreIdentity) {
        write(identity)
    }

    /// Which store was there last, for whoever only looks.
    static func remembered(besideStoreAt path: String) -> StoreIdentity? {
        let descriptor = open(self.path(besideStoreAt: path), O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { _ = close(descriptor) }
        return identity(in: text(in: descriptor))
    }

    /// Whether no worker has the store.
    static func isFree(besideStoreAt path: String) -> Bool {
        let descriptor = open(self.path(besideStoreAt: path), O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return true }
        defer { _ = close(descriptor) }
        guard flock(descriptor, LOCK_SH | LOCK_NB) == 0 else { return false }
        _ = flock(descriptor, LOCK_UN)
        return true
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
        let digits = text(in: descriptor).prefix { $0.isASCII && $0.isNumber }
        return digits.isEmpty ? "unknown" : String(digits)
    }

    private static func identity(in text: String) -> StoreIdentity? {
        text.split(separator: "\n").dropFirst().first { $0.hasPrefix(mark) }
            .flatMap { StoreIdentity(String($0.dropFirst(mark.count))) }
    }

    private static func text(in descriptor: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: longest)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }

    /// The number is only for the message of whoever comes second, and a store that is not remembered is not missed: a
    /// failure does not matter. In one write, so that a crash leaves the line of before or this one.
    private func write(_ identity: StoreIdentity?) {
        let lines = ["\(getpid())"] + (identity.map { ["\(WriterLock.mark)\($0)"] } ?? [])
        let text = Array(lines.map { $0 + "\n" }.joined().utf8)
        guard pwrite(descriptor, text, text.count, 0) == text.count else { return }
        _ = ftruncate(descriptor, off_t(text.count))
    }
}
