public import AMQPClient
internal import RefundMessages
internal import RefundPolicy

/// Which dead letters are meant; a letter must meet every condition that is set.
public struct DeadLetterSelection: Hashable, Sendable {
    /// Any of these message ids, or ids of requests that the letters are about; empty for all.
    public var ids: [String]
    /// Any of these error codes; empty for all.
    public var codes: [String]
    /// Exactly these letters, by `DeadLetterRecord.fingerprint`; `nil` for all.
    public var fingerprints: Set<String>?

    public init(ids: [String] = [], codes: [String] = [], fingerprints: Set<String>? = nil) {
        self.ids = ids
        self.codes = codes
        self.fingerprints = fingerprints
    }

    public func matches(_ letter: DeadLetterRecord) -> Bool {
        let isNamed = ids.isEmpty || [letter.messageID, letter.requestID].contains { $0.map(ids.contains) ?? false }
        return isNamed && (codes.isEmpty || codes.contains(letter.code))
            && (fingerprints?.contains(letter.fingerprint) ?? true)
    }
}

/// What a dead letter says of itself.
public struct DeadLetterRecord: Hashable, Sendable {
    public let messageID: String?
    /// The request that it is about, where its body can be read.
    public let requestID: String?
    public let type: String
    /// The header `refund-error-code`; `broker` for what the broker itself gave up (such as after too many deliveries).
    public let code: String
    public let detail: String
    /// The broker itself gave it up: nothing in it was written by a worker.
    public let isBrokers: Bool
    public let sourceQueue: String?
    /// The exchange that it first came by, as the worker wrote it; `nil` for what the broker gave up.
    public let sourceExchange: String?
    /// The key that it was first published by, as the worker wrote it.
    public let sourceRoutingKey: String?
    /// The broker's user who sent it, where that was told.
    public let user: String?
    public let deadAt: String?
    public let size: UInt64
    /// Tells this letter from any other, as long as it is in the queue: by its body, its message id and its death.
    public let fingerprint: String

    public init(_ delivery: Delivery) {
        let headers = delivery.properties.headers
        messageID = delivery.properties.messageID
        requestID = delivery.body.bytes.flatMap { (try? MessageOutline($0))?.requestID?.text }
        type = delivery.properties.type ?? delivery.routingKey
        // What a letter that the broker gave up says of its error was written by its sender.
        let death = BrokersDeath(headers)
        isBrokers = death != nil
        code = isBrokers ? "broker" : headers?["refund-error-code"]?.text ?? "broker"
        detail =
            (isBrokers ? nil : headers?["refund-error-detail"]?.text)
            ?? "given up by the broker: \(death?.reason ?? "for a reason it does not tell")"
        sourceQueue = isBrokers ? death?.queue : headers?["refund-source-queue"]?.text
        sourceExchange = isBrokers ? nil : headers?[MessageOrigin.exchangeHeader]?.text
        sourceRoutingKey = isBrokers ? nil : headers?[MessageOrigin.routingKeyHeader]?.text
        user = isBrokers ? delivery.properties.userID : headers?[MessageOrigin.userHeader]?.text
        deadAt = isBrokers ? nil : headers?["refund-dead-at"]?.text
        size = UInt64(delivery.body.size)
        let identity = [messageID, code, deadAt, delivery.routingKey].map { $0.map { "\($0.utf8.count):\($0)" } ?? "-" }
        fingerprint = Fingerprint(of: Array(identity.joined().utf8) + (delivery.body.bytes ?? [])).text
    }
}

extension Delivery {
    /// The headers of a message without what a sender may have written of its death: only the worker's own dead letters say
    /// truly what they died of, and what the broker itself has given up, such as a body over 1 MiB, carries its sender's.
    ///
    /// - Parameter isDead: it lies in `refund.dead`.
    public func believedHeaders(isDead: Bool) -> FieldTable? {
        guard var headers = properties.headers else { return nil }
        guard !isDead || BrokersDeath(headers) != nil else { return headers }
        for name in headers.entries.map(\.name)
        where DeadLetterRecord.headers.contains(name) || name.hasPrefix("x-first-death-") {
            headers[name] = nil
        }
        return headers
    }
}

extension DeadLetterRecord {
    /// What the worker writes of a death.
    fileprivate static let headers: Set = [
        "refund-error-code", "refund-error-detail", "refund-source-queue", "refund-attempts", "refund-dead-at",
        "refund-lost",
    ]
}
