/// Where the operators' page is served, to whom, and which workers it asks.
public struct ConsoleSettings: Hashable, Sendable {
    public var door: ConsoleDoor
    public var workers: [WorkerAddress]

    public init(door: ConsoleDoor, workers: [WorkerAddress]) {
        self.door = door
        self.workers = workers
    }

    /// Whether only this machine can reach a server that listens there.
    public static func isLoopback(_ host: String) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        let isIPv4 = parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
        return isIPv4 || host == "::1" || host == "localhost"
    }
}

/// How one gets to the operators' page. Everybody on a machine reaches its ports, so that a port always asks for a token.
public enum ConsoleDoor: Hashable, Sendable {
    /// A socket in a directory that is this user's alone: whoever opens it is let in.
    case socket(path: String)
    /// A port, where the text of a file lets people in.
    case port(ConsolePort)
}

/// A port of the operators' page.
public struct ConsolePort: Hashable, Sendable {
    public var host: String
    /// 0 for any free one.
    public var port: UInt16
    /// The file of the text that lets people in.
    public var tokenFile: String
    /// Whose word counts for who asks, and by TLS or not (`X-Forwarded-For`, `X-Forwarded-Proto`).
    public var proxies: [AddressBlock]

    public init(host: String, port: UInt16, tokenFile: String, proxies: [AddressBlock]) {
        self.host = host
        self.port = port
        self.tokenFile = tokenFile
        self.proxies = proxies
    }
}

/// Where a worker serves its state.
public struct WorkerAddress: Hashable, Sendable, CustomStringConvertible {
    public let host: String
    public let port: UInt16

    /// Reads `HOST:PORT`, `[ADDRESS]:PORT` for IPv6.
    public init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]), port > 0 else {
            return nil
        }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        let isName =
            (1...253).contains(host.utf8.count)
            && host.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") }
        guard isName else { return nil }
        self.host = host
        self.port = port
    }

    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
