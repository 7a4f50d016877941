public import AMQPClient

/// An object of the broker could not be declared or looked at.
public struct TopologyError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Such as `queue refund.requests`.
    public let object: String
    /// The broker's answer.
    public let cause: AMQPError

    /// What happened, the broker's text, and what to do.
    public var description: String {
        "\(object): \(cause.replyText ?? cause.detail); \(advice)"
    }

    private var advice: String {
        switch cause.code {
        case .preconditionFailed:
            "it exists with other properties. Empty and delete it at the broker, or set amqp.prefix to another name, "
                + "then run refund-worker topology declare"
        case .accessRefused:
            "give the broker's user the permissions configure, write and read on \(object)"
        case .notFound: "run refund-worker topology declare"
        default: cause.advice
        }
    }
}
