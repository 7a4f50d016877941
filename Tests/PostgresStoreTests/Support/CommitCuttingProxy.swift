import Foundation

/// A TCP proxy on loopback that ends a connection at its commit, once, when armed: before the server hears of it, or
/// after it has answered and before the client hears of that.
///
/// `@unchecked Sendable`: `armed` and `target` are only touched while `lock` is locked; the rest never changes.
final class CommitCuttingProxy: @unchecked Sendable {
    enum Moment {
        case beforeTheServerHears, beforeTheClientHears
    }

    let port: UInt16
    private let listener: Int32
    private let lock = NSLock()
    private var target: UInt16
    private var armed: Moment?

    init(to target: UInt16) throws {
        self.target = target
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = CommitCuttingProxy.loopback(0)
        let isBound = CommitCuttingProxy.with(&address) { bind(listener, $0, $1) } == 0
        guard isBound, listen(listener, 16) == 0 else { throw NoServer() }
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = CommitCuttingProxy.with(&address) { pointer, _ in getsockname(listener, pointer, &size) }
        port = UInt16(bigEndian: address.sin_port)
        self.listener = listener
        Thread { [self] in accept() }.start()
    }

    deinit { close(listener) }

    /// The next commit is cut at that moment.
    func arm(_ moment: Moment) { lock.withLock { armed = moment } }

    /// Connections from here on are to that server.
    func redirect(to target: UInt16) { lock.withLock { self.target = target } }

    /// Whether a commit is still to be cut.
    var isArmed: Bool { lock.withLock { armed != nil } }

    private func accept() {
        while true {
            let client = Glibc.accept(listener, nil, nil)
            guard client >= 0 else { return }
            let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var address = CommitCuttingProxy.loopback(lock.withLock { target })
            guard CommitCuttingProxy.with(&address, { connect(server, $0, $1) }) == 0 else {
                close(client)
                continue
            }
            Thread { [self] in pump(client, server, cutting: .beforeTheServerHears) }.start()
            Thread { [self] in pump(server, client, cutting: .beforeTheClientHears) }.start()
        }
    }

    /// Both the question and its answer name the command.
    private func pump(_ from: Int32, _ to: Int32, cutting moment: Moment) {
        let mark = Array("COMMIT\0".utf8)
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(from, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            let isCommit = buffer.prefix(count).contains(mark)
            let isCut = lock.withLock {
                guard isCommit, armed == moment else { return false }
                armed = nil
                return true
            }
            guard !isCut, send(to, buffer, count, Int32(MSG_NOSIGNAL)) == count else { break }
        }
        shutdown(from, Int32(SHUT_RDWR))
        shutdown(to, Int32(SHUT_RDWR))
    }

    private static func loopback(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    private static func with(
        _ address: inout sockaddr_in, _ body: (UnsafeMutablePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
