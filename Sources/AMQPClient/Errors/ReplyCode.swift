extension AMQPError.Code {
    /// The kind of failure that a broker's close means (AMQP 0-9-1, section 1.3.5).
    ///
    /// - Parameters:
    ///   - replyCode: the code in the broker's `connection.close` or `channel.close`.
    ///   - scope: which of the two it was.
    init(replyCode: UInt16, scope: AMQPError.Scope) {
        switch replyCode {
        case 402, 530: self = .virtualHostRefused
        case 403: self = .accessRefused
        case 404: self = .notFound
        case 405: self = .resourceLocked
        case 406: self = .preconditionFailed
        default: self = scope == .channel ? .channelClosed : .connectionClosed
        }
    }
}
