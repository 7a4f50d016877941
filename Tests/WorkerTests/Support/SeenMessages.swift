import AMQPClient
import Foundation

/// Keeps every message that a test reads, one JSON object a line in the file of TEST_SEEN_MESSAGES, if that is set:
/// `deploy/test` holds them against the contract's schemas in the end (Tests/Contract/check_seen.py).
enum SeenMessages {
    /// Appended to by several tests, and by several processes: the kernel keeps each write in one piece.
    private static let descriptor: Int32? = ProcessInfo.processInfo.environment["TEST_SEEN_MESSAGES"].map { path in
        open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
    }

    static func note(_ delivery: Delivery) throws {
        guard let descriptor else { return }
        let properties = delivery.properties
        let named: [String: Any?] = [
            "message_id": properties.messageID, "correlation_id": properties.correlationID, "type": properties.type,
            "content_type": properties.contentType, "delivery_mode": properties.deliveryMode.map { Int($0) },
            "timestamp": properties.timestamp.map { Int(clamping: $0) }, "app_id": properties.applicationID,
            "reply_to": properties.replyTo,
        ]
        var headers: [String: Any] = [:]
        for entry in properties.headers?.entries ?? [] {
            headers[entry.name] = entry.value.text ?? entry.value.integer ?? NSNull()
        }
        let line: [String: Any] = [
            "exchange": delivery.exchange, "routing_key": delivery.routingKey,
            "properties": named.compactMapValues { $0 }, "headers": headers,
            "body": Data(delivery.body.bytes ?? []).base64EncodedString(),
        ]
        let bytes = try JSONSerialization.data(withJSONObject: line, options: [.sortedKeys]) + Data("\n".utf8)
        let written = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        guard written == bytes.count else { throw Missing(what: "room in the file of TEST_SEEN_MESSAGES") }
    }
}
