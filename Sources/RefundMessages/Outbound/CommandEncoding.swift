import RefundCase
import RefundPolicy

extension OutboundEncoder {
    /// Writes `access.revoke` or `payout.issue` (contract § 3).
    func encodeCommand(_ kind: CommandKind, key: Int, of refundCase: RefundCase, at now: Instant) -> EncodedMessage {
        let request = refundCase.request
        let idempotencyKey = kind.idempotencyKey(of: request.id, number: key)
        var writer = JSONWriter()
        writer.beginObject()
        writer.string("command_id", kind.commandID(of: request.id))
        writer.string("idempotency_key", idempotencyKey)
        writer.string("request_id", request.id.text)
        writer.string("order_number", ifPresent: request.orderNumber)
        switch kind {
        case .revoke:
            writer.raw("service", ifPresent: request.service.passedThrough.json)
            writer.raw("customer", ifPresent: request.customer?.json)
            writer.string("reason", "refund_approved")
        case .payout:
            writer.string("invoice_number", request.invoice.number)
            if let refund = refundCase.state.fulfilment?.refund { writer.money("refund", refund) }
            writer.raw("customer", ifPresent: request.customer?.json)
            writer.raw("payment_method", ifPresent: request.paymentMethod?.json)
        }
        writer.instant("issued_at", now)
        writer.instant("complete_by", refundCase.refundBy)
        writer.endObject()
        return EncodedMessage(id: idempotencyKey, type: kind == .revoke ? .revoke : .payout, body: writer.bytes)
    }
}
