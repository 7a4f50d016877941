public import RefundCase
public import RefundPolicy

extension CaseEvent {
    /// The message that tells the event, written by hand; `nil` for what no message tells. Texts must need no escape.
    public func body(of id: RequestID) -> [UInt8]? {
        switch self {
        case .succeeded(let reply):
            object([
                ("command_id", quoted(reply.kind.commandID(of: id))), key(reply.key, reply.kind, id),
                ("occurred_at", quoted(reply.report.occurredAt.description)),
                ("reference", reply.report.reference.map(quoted)),
            ])
        case .failed(let reply):
            object([
                ("command_id", quoted(reply.kind.commandID(of: id))), key(reply.key, reply.kind, id),
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
                ("action_id", (review.actionID?.text).map(quoted)), ("request_id", quoted(id.text)),
                ("verdict", quoted(review.verdict.rawValue)), ("amount", review.amount.map(amount)),
                ("reference", review.reference.map(quoted)), ("by", quoted(review.by.by)),
                ("note", quoted(review.note)), ("reason_text", review.reasonText.map(quoted)),
            ])
        case .retried(let retry):
            object([
                ("action_id", quoted(retry.actionID.text)), ("request_id", quoted(id.text)),
                ("by", quoted(retry.by.by)),
                ("note", retry.note.map(quoted)),
            ])
        case .fellDue: nil
        }
    }

    private func key(_ number: Int, _ kind: CommandKind, _ id: RequestID) -> (String, String?) {
        ("idempotency_key", quoted(kind.idempotencyKey(of: id, number: number)))
    }
}

extension RefundRequest {
    /// The message that tells a request that `example` made.
    public var body: [UInt8] {
        var body = BodyBuilder.requested.removing("customer.contact").removing("customer.locale")
            .setting("request_id", "\"\(id.text)\"").setting("kind", "\"\(kind.rawValue)\"")
            .setting("submitted_at", "\"\(submittedAt)\"")
            .setting("invoice.paid.amount", "\"\(invoice.paid.decimal)\"")
            .setting("dispute", "\"\(dispute.rawValue)\"").removing("usage")
        body = orderNumber.map { body.setting("order_number", quoted($0)) } ?? body.removing("order_number")
        body =
            invoice.proofOfPayment.map { body.setting("invoice.proof_of_payment", quoted($0)) }
            ?? body.removing("invoice.proof_of_payment")
        if let usage {
            body = body.setting("usage.included", "\(usage.included)").setting("usage.remaining", "\(usage.remaining)")
            if let unit = usage.unit { body = body.setting("usage.unit", quoted(unit)) }
        }
        return body.bytes
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
