import RefundCase
import RefundPolicy

extension Withdrawal {
    /// Reads `refund.withdrawn` (contract § 3).
    init(_ message: JSONFields) throws(DeadLetterReason) {
        self.init(submittedAt: try message.requiredInstant("submitted_at"), reason: message.humanText("reason"))
    }
}

extension Review {
    /// Reads `refund.reviewed` (contract § 3).
    init(_ message: JSONFields, sentBy user: String?) throws(DeadLetterReason) {
        self.init(
            actionID: try message.actionID(), verdict: try message.requiredChoice("verdict", of: Verdict.self),
            amount: try message.money("amount"), reference: message.humanText("reference"),
            by: try message.signature(sentBy: user), note: try message.requiredHumanText("note"),
            reasonText: message.humanText("reason_text"))
    }
}

extension Retry {
    /// Reads `refund.retried` (contract § 3).
    init(_ message: JSONFields, sentBy user: String?) throws(DeadLetterReason) {
        self.init(
            actionID: try message.actionID(), by: try message.signature(sentBy: user),
            note: message.humanText("note"))
    }
}

extension PayoutPause {
    /// Reads `payouts.paused` (contract § 3).
    init(_ message: JSONFields, sentBy user: String?) throws(DeadLetterReason) {
        self.init(
            actionID: try message.actionID(), by: try message.signature(sentBy: user),
            note: try message.requiredHumanText("note"))
    }
}

extension PayoutResumption {
    /// Reads `payouts.resumed` (contract § 3).
    init(_ message: JSONFields, sentBy user: String?) throws(DeadLetterReason) {
        self.init(
            actionID: try message.actionID(), pause: try message.actionID("pause"),
            by: try message.signature(sentBy: user), note: try message.requiredHumanText("note"))
    }
}

extension JSONFields {
    /// The message's signature with the broker's user who sent it.
    fileprivate func signature(sentBy user: String?) throws(DeadLetterReason) -> Signature {
        Signature(try requiredIdentifier("by"), user: user)
    }
}

extension InboundDecoder {
    /// Reads `command.succeeded` (contract § 3).
    func decodeSuccess(_ message: JSONFields) throws(DeadLetterReason) -> InboundMessage {
        let command = try CommandReference(message)
        let success = Success(
            occurredAt: try message.requiredInstant("occurred_at"), reference: message.humanText("reference"))
        return .event(
            .succeeded(CommandReply(kind: command.kind, key: command.key, report: success)), of: command.request)
    }

    /// Reads `command.failed` (contract § 3).
    func decodeFailure(_ message: JSONFields) throws(DeadLetterReason) -> InboundMessage {
        let command = try CommandReference(message)
        guard let isRetryable = try message.required("retryable").boolean else {
            throw .invalidField(path: "retryable", problem: "must be true or false")
        }
        let failure = Failure(
            occurredAt: try message.requiredInstant("occurred_at"), code: try message.requiredIdentifier("code"),
            message: message.humanText("message"), isRetryable: isRetryable)
        return .event(
            .failed(CommandReply(kind: command.kind, key: command.key, report: failure)), of: command.request)
    }
}

/// Which key of which command a reply is about.
private struct CommandReference {
    let request: RequestID
    let kind: CommandKind
    /// The number of the idempotency key, from 1.
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
        let text = try message.requiredIdentifier("idempotency_key")
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
