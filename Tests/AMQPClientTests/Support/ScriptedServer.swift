import AMQPClient
import Foundation
import Synchronization
import Testing

/// A TCP server on loopback that plays a script to its first visitor, on a thread of its own, and then hangs up.
///
/// Without `@unchecked`: what both threads touch is behind a mutex or a semaphore.
final class ScriptedServer: Sendable {
    let port: UInt16
    private let listener: Int32
    private let visitor = Mutex<Int32>(-1)
    private let finished = DispatchSemaphore(value: 0)

    init(_ script: @escaping @Sendable (Peer) throws -> Void) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, size) == 0 && listen(listener, 1) == 0 && getsockname(listener, $0, &size) == 0
            }
        }
        try #require(isListening, "a port on loopback can be had")
        self.listener = listener
        self.port = UInt16(bigEndian: address.sin_port)
        Thread { [self] in
            let socket = accept(listener, nil, nil)
            visitor.withLock { $0 = socket }
            // A script ends early when the client hangs up; whether that was right is for the test to see.
            try? script(Peer(socket: socket))
            _ = shutdown(socket, Int32(SHUT_RDWR))
            finished.signal()
        }.start()
    }

    deinit {
        close(listener)
    }

    var endpoint: Endpoint {
        get throws { try Endpoint(host: "127.0.0.1", port: port) }
    }

    /// Hangs up, which ends a script that is still reading or waiting for its visitor, and waits for its end.
    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        visitor.withLock { if $0 >= 0 { _ = shutdown($0, Int32(SHUT_RDWR)) } }
        #expect(finished.wait(timeout: .now() + 20) == .success, "the script ends")
        visitor.withLock { if $0 >= 0 { _ = close($0) } }
    }

    /// The server's side of the connection.
    struct Peer: Sendable {
        let socket: Int32

        struct Gone: Error {}

        func write(_ bytes: [UInt8]) throws {
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                guard count > 0 else { throw Gone() }
                rest = rest.dropFirst(count)
            }
        }

        @discardableResult
        func read(_ count: Int) throws -> [UInt8] {
            var bytes = [UInt8](repeating: 0, count: count)
            var filled = 0
            while filled < count {
                let got = bytes.withUnsafeMutableBytes { recv(socket, $0.baseAddress! + filled, count - filled, 0) }
                guard got > 0 else { throw Gone() }
                filled += got
            }
            return bytes
        }

        @discardableResult
        func readFrame() throws -> (type: UInt8, payload: [UInt8]) {
            let head = try read(7)
            let size = head[3...6].reduce(0) { $0 << 8 | Int($1) }
            let payload = try read(size)
            try read(1)
            return (head[0], payload)
        }

        /// Plays a broker's part up to the open channel.
        func logIn(frameMax: UInt32 = 131_072, heartbeat: UInt16 = 60) throws {
            try read(8)
            try write(WireBytes.start)
            try readFrame()
            try write(WireBytes.tune(frameMax: frameMax, heartbeat: heartbeat))
            try readFrame()
            try readFrame()
            try write(WireBytes.openOK)
            try readFrame()
            try write(WireBytes.channelOpenOK)
        }

        /// Waits for the client to hang up without reading anything.
        func waitUntilGone() {
            var descriptor = pollfd(fd: socket, events: 0, revents: 0)
            _ = poll(&descriptor, 1, 60_000)
        }

        /// Reads until the client hangs up.
        func readToEnd() throws {
            while true { try read(1) }
        }
    }
}

/// Runs a body with a scripted server, and stops the server whatever happens.
func withServer(
    _ script: @escaping @Sendable (ScriptedServer.Peer) throws -> Void,
    _ body: (ScriptedServer) throws -> Void
) throws {
    let server = try ScriptedServer(script)
    defer { server.stop() }
    try body(server)
}
