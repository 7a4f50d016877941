/// Why a broker operation failed: what happened, during which operation, at which endpoint, and what to do next.
///
/// It never holds a user name or a password. The broker's reply text is shortened to 255 characters, and its control
/// characters are replaced, so that it can be logged on one line.
public struct AMQPError: Error, Sendable, Hashable {
    /// The kind of failure, for code that has to decide what to do.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// A URL, an option or a certificate file is wrong: trying again cannot help.
        case invalidConfiguration
        /// An argument breaks a limit of the protocol; nothing was sent and the connection is as it was.
        case invalidArgument
        /// The host name has no address.
        case hostNotFound
        /// No TCP connection could be made.
        case cannotConnect
        /// The peer's certificate, or the TLS handshake, was not acceptable.
        case tlsFailed
        /// The broker refused the credentials, or the user may not do this (403).
        case accessRefused
        /// The virtual host does not exist or is not open to this user (530), or the path is invalid (402).
        case virtualHostRefused
        /// The operation did not finish in its time.
        case timedOut
        /// The connection ended without a word from the broker.
        case connectionLost
        /// Nothing was heard from the broker for two heartbeat intervals.
        case heartbeatMissed
        /// The broker closed the connection, see ``AMQPError/replyCode``.
        case connectionClosed
        /// The broker closed the channel, see ``AMQPError/replyCode``.
        case channelClosed
        /// A queue or exchange does not exist (404).
        case notFound
        /// A queue or exchange exists with other properties, or a delivery tag is unknown (406).
        case preconditionFailed
        /// A queue belongs exclusively to another connection or consumer (405).
        case resourceLocked
        /// The peer broke the protocol, or does not speak it.
        case protocolViolation
        /// The connection was used after it had ended.
        case notConnected
        /// The channel was used after the broker had closed it.
        case channelNotOpen
        /// Memory could not be had.
        case outOfMemory
    }

    /// What an error leaves behind.
    public enum Scope: String, Sendable, Hashable {
        /// Nothing has changed: the connection can be used as before.
        case none
        /// The channel is gone: ``Connection/reopenChannel(epoch:)``, or a new connection.
        case channel
        /// The connection is gone: open another one with a new epoch.
        case connection
    }

    /// The kind of failure.
    public let code: Code
    /// What was being done, in a few words: `declare queue orders`.
    public let operation: String
    /// What happened, in a sentence without a full stop.
    public let detail: String
    /// What is no longer usable.
    public let scope: Scope
    /// The broker's reply code (AMQP 0-9-1, section 1.3.5), when it gave one.
    public let replyCode: UInt16?
    /// The broker's reply text, when it gave one.
    public let replyText: String?
    /// Where: `host:port`, without credentials.
    public let endpoint: String?
    /// What an operator can do.
    public let advice: String

    init(
        _ code: Code,
        during operation: String,
        detail: String,
        scope: Scope,
        replyCode: UInt16? = nil,
        replyText: String? = nil,
        endpoint: String? = nil,
        advice: String? = nil
    ) {
        self.code = code
        self.operation = operation
        self.detail = detail
        self.scope = scope
        self.replyCode = replyCode
        self.replyText = replyText.map(Self.onOneLine)
        self.endpoint = endpoint
        self.advice = advice ?? code.advice
    }

    /// The broker's text made safe for one line of a log.
    private static func onOneLine(_ text: String) -> String {
        var line = String.UnicodeScalarView()
        for scalar in text.unicodeScalars.prefix(255) {
            let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
            line.append(isControl ? " " : scalar)
        }
        return String(line)
    }
}

extension AMQPError: CustomStringConvertible {
    /// One line: what happened, where, and what to do.
    public var description: String {
        var line = "\(operation) failed"
        if let endpoint { line += " at \(endpoint)" }
        line += ": \(detail)"
        if let replyCode { line += " (\(replyCode)\(replyText.map { " \($0)" } ?? ""))" }
        return line + ". " + advice
    }
}

extension AMQPError.Code {
    /// What to do when nothing more is known.
    var advice: String {
        switch self {
        case .invalidConfiguration: "Correct the configuration."
        case .invalidArgument: "Correct the value; nothing was sent."
        case .hostNotFound: "Check the host name in the URL and the name service."
        case .cannotConnect: "Check that the broker runs and listens there, and that no firewall is in between."
        case .tlsFailed: "Check the CA file, the certificate's names and dates, and connect by a name it is issued for."
        case .accessRefused: "Check the user name, the password and the user's permissions at the broker."
        case .virtualHostRefused: "Check the virtual host in the URL and the user's permissions on it."
        case .timedOut: "Check the broker's load and the network, then connect again."
        case .connectionLost, .heartbeatMissed: "Connect again after a pause; if it recurs, read the broker's log."
        case .connectionClosed: "Read the reply text, then connect again after a pause."
        case .channelClosed: "Read the reply text, then open the channel again."
        case .notFound: "Declare the queue or exchange, or correct its name."
        case .preconditionFailed: "Compare the declared properties with those at the broker."
        case .resourceLocked: "Find the connection that holds the queue exclusively."
        case .protocolViolation: "Check that the port belongs to an AMQP 0-9-1 broker, then connect again."
        case .notConnected: "Open a new connection with a new epoch."
        case .channelNotOpen: "Open the channel again with a new epoch."
        case .outOfMemory: "Give the process more memory."
        }
    }
}
