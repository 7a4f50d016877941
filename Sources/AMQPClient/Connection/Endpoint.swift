/// A broker's address, with the credentials to use there.
///
/// Its description and its reflection show neither user nor password.
public struct Endpoint: Sendable, Hashable {
    /// A host name or a literal address (IPv6 without brackets).
    public let host: String
    /// The TCP port, 1...65535.
    public let port: UInt16
    /// The virtual host, `/` unless the URL names another one.
    public let virtualHost: String
    /// The user to log in as.
    public let user: String
    /// The password of that user.
    public let password: Password
    /// Whether the connection is made with TLS (`amqps`).
    public let isTLS: Bool
    /// What the URL's query says about how to connect; it comes before ``ConnectionOptions``.
    public let parameters: Parameters

    /// An endpoint from its parts.
    ///
    /// - Throws: ``AMQPError/Code/invalidConfiguration`` if the host is empty or a part is too long for the protocol:
    ///   255 bytes for the virtual host; NUL is allowed nowhere.
    public init(
        host: String,
        port: UInt16? = nil,
        virtualHost: String = "/",
        user: String = "guest",
        password: Password = Password("guest"),
        isTLS: Bool = false,
        parameters: Parameters = Parameters()
    ) throws(AMQPError) {
        func refuse(_ detail: String) -> AMQPError {
            AMQPError(.invalidConfiguration, during: "read endpoint", detail: detail, scope: .none)
        }
        let port = port ?? (isTLS ? 5671 : 5672)
        guard !host.isEmpty, host.utf8.count <= 255 else { throw refuse("the host is empty or longer than 255 bytes") }
        guard port != 0 else { throw refuse("the port is 0") }
        guard virtualHost.utf8.count <= 255 else { throw refuse("the virtual host is longer than 255 bytes") }
        guard user.utf8.count <= 1024, password.text.utf8.count <= 1024 else {
            throw refuse("the user name or the password is longer than 1024 bytes")
        }
        for part in [host, virtualHost, user, password.text] where part.utf8.contains(0) {
            throw refuse("a part of the endpoint holds a NUL byte")
        }
        self.host = host
        self.port = port
        self.virtualHost = virtualHost
        self.user = user
        self.password = password
        self.isTLS = isTLS
        self.parameters = parameters
    }

    /// `host:port`, for logs and errors.
    public var address: String {
        host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}

extension Endpoint {
    /// What a URL's query may say (`?heartbeat=20&cacertfile=…`); the names are RabbitMQ's.
    public struct Parameters: Sendable, Hashable {
        /// `cacertfile`: the file with the certificates of those who may sign the broker's.
        public var certificateAuthorityFile: String?
        /// `certfile`: the client's certificate chain, PEM.
        public var certificateFile: String?
        /// `keyfile`: the client's private key, PEM, not encrypted.
        public var keyFile: String?
        /// `verify`: `verify_peer` or `verify_none`.
        public var verifiesPeer: Bool?
        /// `heartbeat`, in seconds.
        public var heartbeat: Duration?
        /// `connection_timeout`, in milliseconds.
        public var connectTimeout: Duration?

        /// Nothing said.
        public init() {}
    }
}

extension Endpoint: CustomStringConvertible, CustomReflectable {
    /// The URL without credentials and query.
    public var description: String {
        "\(isTLS ? "amqps" : "amqp")://\(address) virtual host \(virtualHost)"
    }

    /// The address alone.
    public var customMirror: Mirror {
        Mirror(self, children: ["address": address, "virtualHost": virtualHost, "isTLS": isTLS])
    }
}

/// A password that does not show itself when it is printed, dumped or put into a string.
public struct Password: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    let text: String

    /// A password from its text.
    public init(_ text: String) {
        self.text = text
    }

    /// Always the same three stars.
    public var description: String { "***" }
    /// Always the same three stars.
    public var debugDescription: String { "***" }
    /// Nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
