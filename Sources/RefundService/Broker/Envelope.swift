internal import AMQPClient
internal import Foundation
internal import RefundWorker

/// What came with a message's body: kept with a parked message, so that its dead letter carries what it came with.
struct Envelope: Codable {
    let properties: Properties
    let routingKey: String
    /// The exchange that it counts as published to (`MessageOrigin`); `nil` in what version 1 has kept.
    let exchange: String?

    init(_ delivery: Delivery, from origin: MessageOrigin) {
        properties = delivery.properties
        routingKey = delivery.routingKey
        exchange = origin.exchange
    }

    /// - Returns: `nil` when the bytes are not an envelope.
    init?(decoding bytes: [UInt8]) {
        guard !bytes.isEmpty, let envelope = try? JSONDecoder().decode(Envelope.self, from: Data(bytes)) else {
            return nil
        }
        self = envelope
    }
}

extension Envelope: DeliveryEnvelope {
    func encoded() -> [UInt8] {
        // Nothing in it can fail to be encoded: texts, integers, and floating-point numbers by their bits.
        (try? JSONEncoder().encode(self)).map { Array($0) } ?? []
    }
}

extension Properties {
    /// The same, or as much of them as can be published when some could not be read.
    var publishable: Properties {
        guard damage != nil else { return self }
        // A text that was mended may have grown beyond what a property holds.
        func fitting(_ text: String?) -> String? { text.flatMap { $0.utf8.count <= 255 ? $0 : nil } }
        var properties = Properties()
        properties.contentType = fitting(contentType)
        properties.contentEncoding = fitting(contentEncoding)
        properties.deliveryMode = deliveryMode
        properties.priority = priority
        properties.correlationID = fitting(correlationID)
        properties.replyTo = fitting(replyTo)
        properties.expiration = fitting(expiration)
        properties.messageID = fitting(messageID)
        properties.timestamp = timestamp
        properties.type = fitting(type)
        properties.userID = fitting(userID)
        properties.applicationID = fitting(applicationID)
        if damage == .textIsNotUTF8 { properties.headers = headers }
        return properties
    }
}

extension Properties.Damage {
    /// What a dead letter lacks of what it came with.
    var loss: String {
        switch self {
        case .textIsNotUTF8: "text that is no UTF-8 was mended"
        case .headersTooDeep: "the headers nest deeper than \(FieldTable.maximumDepth), and were left out"
        case .headersTooLarge:
            "the headers are larger than \(ConnectionOptions().maximumHeaderSize) bytes, and were left out"
        }
    }
}
