internal import AMQPClient
internal import Foundation
internal import RefundMessages
internal import RefundPolicy

/// A command as another system reads it.
struct SandboxCommand {
    let id: String
    let key: String
    let attempt: Int64
    /// What is to be paid; `nil` for a revocation.
    let refund: Money?

    /// `nil` for what is no command.
    init?(_ delivery: Delivery) {
        guard let bytes = delivery.body.bytes, let read = try? JSONDecoder().decode(Body.self, from: Data(bytes)) else {
            return nil
        }
        id = read.commandID
        key = read.idempotencyKey
        attempt = delivery.properties.headers?["attempt"]?.integer ?? 1
        refund = read.refund.flatMap { amount in
            Currency(code: amount.currency).flatMap { Money(decimal: amount.amount, currency: $0) }
        }
        if read.refund != nil, refund == nil { return nil }
    }

    /// The reply: `command.succeeded` or `command.failed` (contract § 3).
    func reply(_ outcome: SandboxBehaviour.Outcome, at now: Instant) -> (type: InboundType, body: [UInt8]) {
        var writer = JSONWriter(capacity: 256)
        writer.beginObject()
        writer.string("command_id", id)
        writer.string("idempotency_key", key)
        writer.string("occurred_at", now.description)
        let type: InboundType
        switch outcome {
        case .succeeded:
            type = .succeeded
            writer.string("reference", "sandbox \(key)")
        case .failed(let isRetryable):
            type = .failed
            writer.string("code", isRetryable ? "sandbox_busy" : "sandbox_refused")
            writer.boolean("retryable", isRetryable)
        }
        writer.endObject()
        return (type, writer.bytes)
    }

    /// The members that the sandbox reads, by their names on the wire.
    private struct Body: Decodable {
        struct Amount: Decodable {
            let amount: String
            let currency: String
        }

        let commandID: String
        let idempotencyKey: String
        let refund: Amount?

        enum CodingKeys: String, CodingKey {
            case commandID = "command_id"
            case idempotencyKey = "idempotency_key"
            case refund
        }
    }
}
