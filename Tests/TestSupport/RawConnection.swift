import Foundation

/// A connection that says exactly the bytes it is told to, as somebody who means no good does.
public final class RawConnection {
    private let descriptor: Int32

    /// Something did not come.
    public struct Missing: Error, CustomStringConvertible {
        public let description: String
    }

    /// To a port of this machine.
    ///
    /// - Parameter receiveBuffer: how many bytes it takes in before they are read; `nil` for what is usual.
    public init(port: UInt16, receiveBuffer: Int32? = nil) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        if var size = receiveBuffer {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            close(descriptor)
            throw Missing(description: "no connection to port \(port)")
        }
    }

    deinit {
        close(descriptor)
    }

    /// - Returns: whether it could still be sent.
    @discardableResult
    public func send(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    /// Whether something can be read, or it was closed.
    public func waitForAnswer(milliseconds: Int32) -> Bool {
        var state = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&state, 1, milliseconds) > 0
    }

    /// What comes until the other side closes; that it does is what is waited for.
    public func readToEnd(seconds: Double = 60) throws -> String {
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let limit = Date(timeIntervalSinceNow: seconds)
        while Date() < limit {
            guard waitForAnswer(milliseconds: 1_000) else { continue }
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count <= 0 { return String(decoding: answer, as: UTF8.self) }
            answer += buffer.prefix(count)
        }
        throw Missing(description: "the connection did not end; it said: \(String(decoding: answer, as: UTF8.self))")
    }

    /// A port's answer to one request, by a connection of its own.
    ///
    /// - Parameter seconds: how patient the one who asks is; shorter than any time after which a place becomes free.
    public static func ask(_ path: String, port: UInt16, patience seconds: Double = 8) throws -> String {
        let connection = try RawConnection(port: port)
        connection.send("GET \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n\r\n")
        return try connection.readToEnd(seconds: seconds)
    }
}
