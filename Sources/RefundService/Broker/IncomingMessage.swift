internal import AMQPClient
internal import RefundMessages
internal import RefundPolicy
internal import RefundWorker

extension InboundDelivery {
    /// A delivery of librabbitmq's as the lane sees it.
    ///
    /// - Parameters:
    ///   - names: which exchange is whose.
    ///   - consoleUser: the broker's user whom the console is, and who is not named.
    ///   - isSharded: a shard key must be there; where it is missing it counts as empty, which no invoice is.
    init(
        _ delivery: Delivery, from source: SourceQueue, names: BrokerNames, isSharded: Bool, consoleUser: String,
        at now: Instant
    ) {
        let origin = MessageOrigin(of: delivery, names: names, isSharded: isSharded, consoleUser: consoleUser)
        let body: Body =
            switch delivery.body {
            case .complete(let bytes): .whole(bytes)
            case .tooLarge(let size): .tooLarge(size: Int(clamping: size))
            }
        self.init(
            tag: RefundWorker.DeliveryTag(delivery.tag), source: source, isRedelivered: delivery.redelivered,
            type: Result { () throws(DeadLetterReason) in
                try InboundType(type: delivery.properties.type, routingKey: delivery.routingKey, from: origin.sender)
            },
            sender: origin.sender, user: origin.user,
            messageID: delivery.properties.messageID,
            traceparent: TraceContext.traceparent(in: delivery.properties.headers),
            shardKey: delivery.properties.headers?[InboundDelivery.shardKeyHeader].map { $0.text ?? "" }
                ?? (isSharded ? "" : nil),
            body: body, envelope: Envelope(delivery, from: origin), receivedAt: now,
            weight: delivery.weight)
    }

    /// What `deploy/rabbitmq/sharded` distributes by.
    private static let shardKeyHeader = "shard-key"
}

extension RefundWorker.DeliveryTag {
    init(_ tag: AMQPClient.DeliveryTag) {
        self.init(epoch: tag.epoch.number, number: tag.number)
    }
}

extension AMQPClient.DeliveryTag {
    init(_ tag: RefundWorker.DeliveryTag) {
        self.init(epoch: Epoch(tag.epoch), number: tag.number)
    }
}

/// The W3C trace that a message belongs to.
enum TraceContext {
    static let header = "traceparent"

    /// The header's text when it is a well-formed `traceparent` (W3C Trace Context § 3.2); anything else is not ours to
    /// carry on.
    static func traceparent(in headers: FieldTable?) -> String? {
        guard let text = headers?[header]?.text, text.utf8.count == 55 else { return nil }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [2, 32, 16, 2],
            parts.allSatisfy({ $0.utf8.allSatisfy(isLowercaseHexadecimal) })
        else { return nil }
        return text
    }

    /// The trace that a well-formed `traceparent` names.
    static func traceID(of traceparent: String?) -> String? {
        guard let parts = traceparent?.split(separator: "-"), parts.count == 4 else { return nil }
        return String(parts[1])
    }

    private static func isLowercaseHexadecimal(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}
