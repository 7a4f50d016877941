import RefundMessages
import RefundPolicy
import RefundService
import RefundWorker

/// Parked messages as people read them.
struct ParkedText {
    let lines: [String]

    init(_ messages: [ParkedMessage], now: Instant, indent: Int = 0) {
        var table = TextTable(
            "REQUEST", "MESSAGE", "PARKED", "TRIES", "REASON", "NEXT", "MESSAGE ID", indent: indent)
        for message in messages {
            let standing = message.standing
            table.row(
                message.delivery.requestID?.text ?? "–", message.delivery.type?.rawValue ?? "–",
                message.parkedAt.shortText,
                "\(standing.attempts)", standing.code,
                standing.deadAt == nil ? standing.nextAt.distance(from: now) : "to refund.dead",
                message.delivery.messageID ?? "–")
        }
        lines = table.lines
    }
}

extension JSONWriter {
    /// A parked message, without its body.
    mutating func parked(_ message: ParkedMessage) {
        string("request_id", ifPresent: message.delivery.requestID?.text)
        string("type", ifPresent: message.delivery.type?.rawValue)
        string("message_id", ifPresent: message.delivery.messageID)
        string("source_queue", message.delivery.source.rawValue)
        string("parked_at", message.parkedAt.description)
        integer("attempts", Int64(message.standing.attempts))
        string("code", message.standing.code)
        string("detail", message.standing.detail)
        string("next_at", message.standing.nextAt.description)
        string("dead_at", ifPresent: message.standing.deadAt?.description)
    }
}
