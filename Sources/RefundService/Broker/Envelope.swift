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
        var properties = Properties()
        properties.messageID = messageID.flatMap { $0.utf8.count <= 255 ? $0 : nil }
        properties.correlationID = correlationID.flatMap { $0.utf8.count <= 255 ? $0 : nil }
        properties.type = type.flatMap { $0.utf8.count <= 255 ? $0 : nil }
        properties.timestamp = timestamp
        properties.deliveryMode = deliveryMode
        if damage == .textIsNotUTF8 { properties.headers = headers }
        return properties
    }
}
