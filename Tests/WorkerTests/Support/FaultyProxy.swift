import Foundation
import Synchronization

/// A TCP proxy on loopback that breaks what runs through it when told to.
///
/// `@unchecked Sendable`: `links` is only touched while `lock` is locked.
final class FaultyProxy: @unchecked Sendable {
    enum Fault: Sendable {
        /// Ends the connections, in the middle of whatever frame.
        case cut
        /// Slips bytes that are no frame into what the broker says.
        case garble
    }

    let url: String
    private let listener: Int32
    private let port: UInt16
    private let lock = NSLock()
    private var links: [Link] = []

    private struct Link {
        let client: Int32
        let broker: Int32
    }

    init(to url: String) throws {
        guard var parts = URLComponents(string: url), let target = parts.port else { throw Missing(what: "a port") }
        port = UInt16(target)
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = FaultyProxy.loopback(port: 0)
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard bound == 0, listen(listener, 16) == 0 else { throw Missing(what: "a free port") }
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = getsockname(listener, $0, &length) }
        }
        self.listener = listener
        parts.port = Int(UInt16(bigEndian: address.sin_port))
        self.url = parts.string ?? ""
        let thread = Thread { [self] in accept() }
        thread.start()
    }

    deinit { close(listener) }

    /// Breaks every connection that is open now.
    func inject(_ fault: Fault) {
        lock.withLock {
            for link in links {
                if fault == .garble {
                    let noise: [UInt8] = [0xFF, 0xFE, 0, 1, 0xDE, 0xAD, 0xBE, 0xEF, 0xCE, 0x42]
                    _ = send(link.client, noise, noise.count, Int32(MSG_NOSIGNAL))
                }
                shutdown(link.client, Int32(SHUT_RDWR))
                shutdown(link.broker, Int32(SHUT_RDWR))
            }
            links = []
        }
    }

    private func accept() {
        while true {
            let client = Glibc.accept(listener, nil, nil)
            guard client >= 0 else { return }
            let broker = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var address = FaultyProxy.loopback(port: port)
            let connected = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(broker, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            guard connected == 0 else {
                close(client)
                continue
            }
            lock.withLock { links.append(Link(client: client, broker: broker)) }
            for (from, to) in [(client, broker), (broker, client)] {
                let thread = Thread { FaultyProxy.pump(from, to) }
                thread.start()
            }
        }
    }

    private static func pump(_ from: Int32, _ to: Int32) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(from, &buffer, buffer.count, 0)
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

    private static func loopback(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }
}
