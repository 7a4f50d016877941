public import RefundCase
public import RefundPolicy

extension CaseEvent {
    /// The message that tells the event, written by hand; `nil` for what no message tells. Texts must need no escape.
    public func body(of id: RequestID) -> [UInt8]? {
        switch self {
        case .succeeded(let reply):
            object([
                ("command_id", quoted(reply.kind.commandID(of: id))), key(reply.report.key, reply.kind, id),
                ("occurred_at", quoted(reply.report.occurredAt.description)),
                ("reference", reply.report.reference.map(quoted)),
            ])
        case .failed(let reply):
            object([
                ("command_id", quoted(reply.kind.commandID(of: id))), key(reply.report.key, reply.kind, id),
                ("occurred_at", quoted(reply.report.occurredAt.description)), ("code", quoted(reply.report.code)),
                ("message", reply.report.message.map(quoted)), ("retryable", "\(reply.report.isRetryable)"),
            ])
        case .withdrawn(let withdrawal):
            object([
                ("request_id", quoted(id.text)), ("submitted_at", quoted(withdrawal.submittedAt.description)),
                ("reason", withdrawal.reason.map(quoted)),
            ])
        case .reviewed(let review):
            object([
                ("request_id", quoted(id.text)), ("verdict", quoted(review.verdict.rawValue)),
                ("amount", review.amount.map(amount)), ("by", quoted(review.by)), ("note", quoted(review.note)),
            ])
        case .retried(let retry):
            object([("request_id", quoted(id.text)), ("by", quoted(retry.by)), ("note", retry.note.map(quoted))])
        case .fellDue: nil
        }
    }

    private func key(_ number: Int, _ kind: CommandKind, _ id: RequestID) -> (String, String?) {
        ("idempotency_key", number == 0 ? nil : quoted(kind.idempotencyKey(of: id, number: number)))
    }
}

private func object(_ members: [(String, String?)]) -> [UInt8] {
    let written = members.compactMap { name, value in value.map { "\(quoted(name)): \($0)" } }
    return Array("{\(written.joined(separator: ", "))}".utf8)
}

private func amount(_ money: Money) -> String {
    #"{"amount": "\#(money.decimal)", "currency": "\#(money.currency.code)"}"#
}

private func quoted(_ text: String) -> String { "\"\(text)\"" }
