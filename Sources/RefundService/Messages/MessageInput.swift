import Foundation

/// A file, or standard input, that messages are read from.
public final class MessageInput {
    /// As errors call it: the path, or `standard input`.
    public let name: String
    let fileDescriptor: Int32
    private let closes: Bool
    private var buffer = [UInt8](repeating: 0, count: 65_536)

    /// - Parameter path: a file, or `-` for standard input.
    /// - Throws: `MessageInputError` when it can't be opened.
    public init(path: String) throws(MessageInputError) {
        if path == "-" {
            name = "standard input"
            fileDescriptor = STDIN_FILENO
            closes = false
            return
        }
        name = path
        fileDescriptor = open(path, O_RDONLY | O_CLOEXEC)
        closes = true
        guard fileDescriptor >= 0 else { throw MessageInputError(name: path, number: errno) }
    }

    deinit {
        if closes, fileDescriptor >= 0 { close(fileDescriptor) }
    }

    /// Some bytes that are there; waits for them if none are, and is empty at the end.
    public func read() throws(MessageInputError) -> ArraySlice<UInt8> {
        while true {
            let count = buffer.withUnsafeMutableBytes { Foundation.read(fileDescriptor, $0.baseAddress, $0.count) }
            if count >= 0 { return buffer[..<count] }
            guard errno == EINTR || errno == EAGAIN else { throw MessageInputError(name: name, number: errno) }
            if errno == EAGAIN { waitForInput() }
        }
    }

    private func waitForInput() {
        var wanted = pollfd(fd: fileDescriptor, events: Int16(POLLIN), revents: 0)
        _ = poll(&wanted, 1, 1_000)
    }
}

/// An input can't be opened or read.
public struct MessageInputError: Error, Hashable, Sendable, CustomStringConvertible {
    public let name: String
    /// The system's error number.
    public let number: Int32

    public var description: String {
        "\(name): \(String(cString: strerror(number))); check the path and its permissions"
    }
}
