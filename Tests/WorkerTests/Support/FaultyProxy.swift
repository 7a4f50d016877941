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
    /// What a connection that is kept away says of itself.
    private var keptAway: String?

    /// `@unchecked Sendable`: `introduction` is only touched while the proxy's `lock` is locked.
    private final class Link: @unchecked Sendable {
        let client: Int32
        let broker: Int32
        /// The first thing that the client has sent, with the connection's name.
        var introduction = ""

        init(client: Int32, broker: Int32) {
            self.client = client
            self.broker = broker
        }
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

    /// Ends the connections with that name, and each new one that names itself so, until `letThrough`.
    func keepAway(_ name: String) {
        lock.withLock {
            keptAway = name
            for link in links where link.introduction.contains(name) {
                shutdown(link.client, Int32(SHUT_RDWR))
                shutdown(link.broker, Int32(SHUT_RDWR))
            }
        }
    }

    func letThrough() {
        lock.withLock { keptAway = nil }
    }

    /// Whether what the client says may pass.
    private func mayPass(_ link: Link, saying bytes: ArraySlice<UInt8>) -> Bool {
        lock.withLock {
            if link.introduction.utf8.count < 2_048 { link.introduction += String(decoding: bytes, as: UTF8.self) }
            return keptAway.map { !link.introduction.contains($0) } ?? true
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
            let link = Link(client: client, broker: broker)
            lock.withLock { links.append(link) }
            let upstream = Thread { FaultyProxy.pump(client, broker) { [self] in mayPass(link, saying: $0) } }
            upstream.start()
            let downstream = Thread { FaultyProxy.pump(broker, client) { _ in true } }
            downstream.start()
        }
    }

    private static func pump(_ from: Int32, _ to: Int32, while mayPass: (ArraySlice<UInt8>) -> Bool) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(from, &buffer, buffer.count, 0)
            guard count > 0, mayPass(buffer[..<count]) else { break }
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
