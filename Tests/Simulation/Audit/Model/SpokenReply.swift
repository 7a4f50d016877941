import RefundPolicy

/// What another system says about a command, as the auditor reads it.
struct SpokenReply: Hashable {
    let command: String
    let number: Int
    let isSuccess: Bool
    let isRetryable: Bool
    let occurredAt: String
    let code: String
    let reference: String

    /// `nil` for what is no reply with a key.
    init?(type: String, body: [UInt8]) {
        guard type == "command.succeeded" || type == "command.failed",
            let name = Text.member("idempotency_key", of: body), let key = Text.key(name)
        else { return nil }
        (command, number) = (key.command, key.number)
        isSuccess = type == "command.succeeded"
        isRetryable = Text.isTrue("retryable", of: body)
        occurredAt = Text.member("occurred_at", of: body) ?? ""
        code = Text.member("code", of: body) ?? ""
        reference = Text.member("reference", of: body) ?? ""
    }

    var key: String { "\(command)#\(number)" }

    /// The same words are the same key, kind, code, time and reference.
    var words: String { "\(key) \(isSuccess) \(code) \(occurredAt) \(reference)" }

    var clock: Instant? { Instant(occurredAt) }
}
