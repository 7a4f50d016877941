import RefundCase
import RefundPolicy

extension Withdrawal {
    /// Reads `refund.withdrawn` (contract § 3).
    init(_ message: JSONFields) throws(DeadLetterReason) {
        self.init(submittedAt: try message.requiredInstant("submitted_at"), reason: try message.text("reason"))
    }
}

extension Review {
    /// Reads `refund.reviewed` (contract § 3).
    init(_ message: JSONFields) throws(DeadLetterReason) {
        self.init(
            verdict: try message.requiredChoice("verdict", of: Verdict.self), amount: try message.money("amount"),
            by: try message.requiredIdentifier("by"), note: try message.requiredText("note"))
    }
}

extension Retry {
    /// Reads `refund.retried` (contract § 3).
    init(_ message: JSONFields) throws(DeadLetterReason) {
        self.init(by: try message.requiredIdentifier("by"), note: try message.text("note"))
    }
}

extension InboundDecoder {
    /// Reads `command.succeeded` (contract § 3).
    func decodeSuccess(_ message: JSONFields) throws(DeadLetterReason) -> InboundMessage {
        let command = try CommandReference(message)
        let success = Success(
            key: command.key, occurredAt: try message.requiredInstant("occurred_at"),
            reference: try message.text("reference"))
        return .event(.succeeded(CommandReply(kind: command.kind, report: success)), of: command.request)
    }

    /// Reads `command.failed` (contract § 3).
    func decodeFailure(_ message: JSONFields) throws(DeadLetterReason) -> InboundMessage {
        let command = try CommandReference(message)
        guard let isRetryable = try message.required("retryable").boolean else {
            throw .invalidField(path: "retryable", problem: "must be true or false")
        }
        let failure = Failure(
            key: command.key, occurredAt: try message.requiredInstant("occurred_at"),
            code: try message.requiredIdentifier("code"), message: try message.text("message"),
            isRetryable: isRetryable)
        return .event(.failed(CommandReply(kind: command.kind, report: failure)), of: command.request)
    }
}

/// Which command a reply is about.
private struct CommandReference {
    let request: RequestID
    let kind: CommandKind
    /// The number of the idempotency key, or 0 where the reply names none.
    let key: Int

    init(_ message: JSONFields) throws(DeadLetterReason) {
        let text = try message.requiredIdentifier("command_id")
        guard let slash = text.lastIndex(of: "/"), let request = RequestID(String(text[..<slash])),
            let kind = CommandKind(rawValue: String(text[text.index(after: slash)...]))
        else {
            throw .invalidField(
                path: "command_id", problem: "must be a command's own id, such as rr-1042/payout")
        }
        self.request = request
        self.kind = kind
        key = try CommandReference.key(of: message, commandID: text)
    }

    private static func key(of message: JSONFields, commandID: String) throws(DeadLetterReason) -> Int {
        guard let text = try message.identifier("idempotency_key") else { return 0 }
        let prefix = commandID + "#"
        guard text.hasPrefix(prefix), let key = Int(text.dropFirst(prefix.count)), (1...1_000_000).contains(key),
            text == "\(prefix)\(key)"
        else {
            throw .invalidField(
                path: "idempotency_key", problem: "must be the key that came with the command, such as \(prefix)1")
        }
        return key
    }
}
