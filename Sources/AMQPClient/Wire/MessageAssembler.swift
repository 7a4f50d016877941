internal import CRabbitMQ

/// What a peer did against the protocol.
struct ProtocolViolation: Error {
    let detail: String
}

/// Puts a message together from its frames: method, header, and bodies until the announced size is reached
/// (AMQP 0-9-1, section 4.2.6). Everything is copied out of the frames as they come.
struct MessageAssembler {
    /// The method that announced a message.
    enum Envelope {
        case delivery(ConsumerTag, DeliveryTag, redelivered: Bool, exchange: String, routingKey: String)
        case fetched(DeliveryTag, redelivered: Bool, exchange: String, routingKey: String, remaining: UInt32)
        case returned(replyCode: UInt16, replyText: String, exchange: String, routingKey: String)
    }

    /// A message with all its parts.
    struct Message {
        let envelope: Envelope
        let properties: Properties
        let body: MessageBody
    }

    let maximumBodySize: Int
    let maximumHeaderSize: Int
    private var envelope: Envelope?
    private var properties: Properties?
    private var size: UInt64 = 0
    private var received: UInt64 = 0
    private var bytes: [UInt8] = []

    init(maximumBodySize: Int, maximumHeaderSize: Int) {
        self.maximumBodySize = maximumBodySize
        self.maximumHeaderSize = maximumHeaderSize
    }

    /// Whether a message has begun and is not complete: no method may come in between.
    var isBusy: Bool { envelope != nil }

    /// Forgets a message that will never be complete.
    mutating func reset() {
        self = MessageAssembler(maximumBodySize: maximumBodySize, maximumHeaderSize: maximumHeaderSize)
    }

    /// Begins a message.
    mutating func begin(_ envelope: Envelope) throws(ProtocolViolation) {
        guard self.envelope == nil else {
            throw ProtocolViolation(detail: "a message began before the one before it was complete")
        }
        self.envelope = envelope
    }

    /// Takes the header; gives the message if it has no body.
    mutating func header(_ frame: amqp_frame_t) throws(ProtocolViolation) -> Message? {
        guard envelope != nil, properties == nil else {
            throw ProtocolViolation(detail: "a header came without its method")
        }
        let header = frame.payload.properties
        guard header.class_id == UInt16(AMQP_BASIC_CLASS), let decoded = header.decoded else {
            throw ProtocolViolation(detail: "a header of class \(header.class_id) came where class 60 was due")
        }
        properties = Properties(
            decoded.assumingMemoryBound(to: amqp_basic_properties_t.self).pointee,
            size: header.raw.len,
            maximumHeaderSize: maximumHeaderSize
        )
        size = header.body_size
        received = 0
        if isKept { bytes.reserveCapacity(Int(size)) }
        return finishIfComplete()
    }

    /// Takes a piece of the body; gives the message if that was the last.
    mutating func fragment(_ frame: amqp_frame_t) throws(ProtocolViolation) -> Message? {
        guard properties != nil else { throw ProtocolViolation(detail: "a body came without its header") }
        let fragment = frame.payload.body_fragment.buffer
        guard UInt64(fragment.count) <= size - received else {
            throw ProtocolViolation(detail: "a body was longer than its header announced")
        }
        received += UInt64(fragment.count)
        if isKept { bytes.append(contentsOf: fragment) }
        return finishIfComplete()
    }

    private var isKept: Bool { size <= UInt64(maximumBodySize) }

    private mutating func finishIfComplete() -> Message? {
        guard received == size, let envelope, let properties else { return nil }
        let body: MessageBody = isKept ? .complete(bytes) : .tooLarge(size: size)
        self.envelope = nil
        self.properties = nil
        bytes = []
        return Message(envelope: envelope, properties: properties, body: body)
    }
}
