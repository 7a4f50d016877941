import Foundation
import Synchronization
import Testing

/// A server that stands in a PostgreSQL server's place: it has no TLS, asks for the password in clear, and keeps what it
/// gets. It listens on loopback; `0.0.0.0` leads there, too, and looks like another machine.
final class FalseDatabase: Sendable {
    let port: UInt16
    private let listener: Int32
    private let heard = Mutex<[UInt8]>([])
    private let finished = DispatchSemaphore(value: 0)

    init() throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, size) == 0 && listen(listener, 16) == 0 && getsockname(listener, $0, &size) == 0
            }
        }
        try #require(isListening)
        self.listener = listener
        port = UInt16(bigEndian: address.sin_port)
        Thread { [self] in
            while case let visitor = accept(listener, nil, nil), visitor >= 0 {
                serve(visitor)
                close(visitor)
            }
            finished.signal()
        }.start()
    }

    /// Ends it.
    ///
    /// - Returns: everything that anybody has sent to it.
    func stop() -> String {
        shutdown(listener, Int32(SHUT_RDWR))
        finished.wait()
        close(listener)
        return heard.withLock { String(decoding: $0, as: UTF8.self) }
    }

    private func serve(_ visitor: Int32) {
        var bytes = [UInt8](repeating: 0, count: 4_096)
        while case let count = recv(visitor, &bytes, bytes.count, 0), count > 0 {
            heard.withLock { $0 += bytes[..<count] }
            // SSLRequest and GSSENCRequest are 8 bytes long; whatever is longer opens a session, or is the password.
            let answer: [UInt8] =
                switch (count, bytes[0]) {
                case (8, 0): [UInt8(ascii: "N")]
                case (_, 0): [UInt8(ascii: "R"), 0, 0, 0, 8, 0, 0, 0, 3]
                default: []
                }
            guard !answer.isEmpty else { return }
            _ = send(visitor, answer, answer.count, Int32(MSG_NOSIGNAL))
        }
    }
}
