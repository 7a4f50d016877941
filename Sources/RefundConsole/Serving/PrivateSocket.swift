// The compiler counts `stat` to it.
internal import CDispatch
internal import Glibc
internal import RefundService

/// The file of a socket that only this user, and root, can open: its directory lets nobody else in, and neither does it.
struct PrivateSocket: Sendable {
    let path: String

    /// Makes its directory if there is none, and looks whether it is this user's alone.
    ///
    /// - Throws: `SettingsError` with what to do, also where another console serves there.
    init(path: String) throws(SettingsError) {
        self.path = path
        let directory = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        if mkdir(directory, 0o700) != 0, errno != EEXIST {
            throw PrivateSocket.problem(path, "\(directory) can't be made: \(String(cString: strerror(errno)))")
        }
        var status = stat()
        guard lstat(directory, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw PrivateSocket.problem(path, "\(directory) is no directory")
        }
        let mode = String(status.st_mode & 0o7777, radix: 8)
        guard status.st_uid == geteuid(), status.st_mode & 0o077 == 0 else {
            throw SettingsError(problems: [
                "\(path) (console.socket): others may get into \(directory) (mode 0\(mode), owner \(status.st_uid)); "
                    + "name a place in a directory that is this user's alone, such as \(directory)/own/console.sock: one "
                    + "that is not there is made so"
            ])
        }
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw PrivateSocket.problem(path, "something else than a socket is there; move it away")
        }
        if PrivateSocket.isServed(path) {
            throw PrivateSocket.problem(path, "another console serves there; stop it")
        }
    }

    /// For the process: what it makes from now on is its user's alone, from the first moment.
    static func narrowNewFiles() {
        umask(0o077)
    }

    /// Once it is there.
    func narrow() {
        chmod(path, 0o600)
    }

    func remove() {
        unlink(path)
    }

    private static func problem(_ path: String, _ text: String) -> SettingsError {
        SettingsError(problems: ["\(path) (console.socket): \(text), or name another place"])
    }

    /// Whether somebody answers there; the file of one that has crashed stays behind.
    private static func isServed(_ path: String) -> Bool {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
    }
}
