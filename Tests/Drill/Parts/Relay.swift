import Foundation
import Synchronization

/// A TCP relay on loopback between one worker and what it talks to, which can be cut, or stopped from passing anything on.
///
/// `@unchecked Sendable`: what changes is only touched while `condition` is locked; the listener closes with the relay.
final class Relay: @unchecked Sendable {
    struct NoPort: Error, CustomStringConvertible {
        var description: String { "found no free port on 127.0.0.1 for a relay" }
    }

    let port: UInt16
    private let target: UInt16
    private let listener: Int32
    private let condition = NSCondition()
    private var sockets: Set<Int32> = []
    private var isStalled = false
    /// Bytes that were received and not passed on.
    private var held = 0

    init(to target: UInt16) throws {
        self.target = target
        (listener, port) = try Relay.listening()
        let thread = Thread { [self] in accept() }
        thread.name = "relay"
        thread.start()
    }

    /// A port that nobody listens on now.
    static func freePort() throws -> UInt16 {
        let (probe, port) = try listening()
        close(probe)
        return port
    }

    /// Ends every connection that is open now, in the middle of whatever it says.
    func cut() {
        condition.withLock {
            for socket in sockets { shutdown(socket, Int32(SHUT_RDWR)) }
        }
    }

    /// From here on nothing is passed on, and nothing closed; new connections are taken and hear nothing.
    func stall() { condition.withLock { isStalled = true } }

    func flow() {
        condition.withLock {
            isStalled = false
            condition.broadcast()
        }
    }

    static func connect(_ socket: Int32, port: UInt16) -> Bool {
        var address = loopback(port: port)
        return withSocketAddress(&address) {
            Glibc.connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        } == 0
    }

    /// A socket that listens on a port that was free.
    static func listening() throws -> (descriptor: Int32, port: UInt16) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        // Not for the programs that are started while it is open.
        _ = fcntl(listener, F_SETFD, FD_CLOEXEC)
        var address = loopback(port: 0)
        let bound = withSocketAddress(&address) { bind(listener, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        guard listener >= 0, bound == 0, listen(listener, 64) == 0 else { throw NoPort() }
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withSocketAddress(&address) { getsockname(listener, $0, &length) }
        return (listener, UInt16(bigEndian: address.sin_port))
    }

    private func accept() {
        while true {
            let client = Glibc.accept(listener, nil, nil)
            guard client >= 0 else { return }
            let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            for descriptor in [client, server] { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
            guard Relay.connect(server, port: target) else {
                close(client)
                close(server)
                continue
            }
            join(client, server)
        }
    }

    private func join(_ client: Int32, _ server: Int32) {
        condition.withLock { sockets.formUnion([client, server]) }
        let open = LastOfTwo()
        for (from, to) in [(client, server), (server, client)] {
            let thread = Thread { [self] in
                pump(from, to)
                // Whoever is last closes both, so that no number is given to another socket while it is still used.
                guard open.isLast() else { return }
                condition.withLock { sockets.subtract([client, server]) }
                close(client)
                close(server)
            }
            thread.name = "relay"
            thread.start()
        }
    }

    private func pump(_ from: Int32, _ to: Int32) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(from, &buffer, buffer.count, 0)
            waitWhileStalled(holding: max(0, count))
            guard count > 0 else { break }
            var sent = 0
            while sent < count {
                let step = buffer[sent..<count].withUnsafeBytes {
                    send(to, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard step > 0 else { break }
                sent += step
            }
        }
        shutdown(from, Int32(SHUT_RDWR))
        shutdown(to, Int32(SHUT_RDWR))
    }

    private func waitWhileStalled(holding count: Int) {
        condition.withLock {
            held += count
            condition.broadcast()
            while isStalled { condition.wait() }
            held -= count
        }
    }

    /// Returns once that many bytes are held back by a stall.
    func waitUntilHolding(_ count: Int) {
        condition.withLock {
            while held < count { condition.wait() }
        }
    }

    private static func loopback(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    private static func withSocketAddress<Result>(
        _ address: inout sockaddr_in, _ body: (UnsafeMutablePointer<sockaddr>) -> Result
    ) -> Result {
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1, body)
        }
    }
}

/// Tells the second of two threads that it is the last.
private final class LastOfTwo: Sendable {
    private let left = Atomic(2)

    func isLast() -> Bool { left.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 }
}
