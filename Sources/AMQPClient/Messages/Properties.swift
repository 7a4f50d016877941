/// A message's properties (AMQP 0-9-1, class `basic`). Each is `nil` when the message does not have it.
///
/// Texts are short strings: up to 255 bytes of UTF-8. What has been received can be published again unchanged, unless
/// ``damage`` says otherwise.
public struct Properties: Hashable, Codable, Sendable {
    /// The MIME type of the body.
    public var contentType: String?
    /// The MIME encoding of the body.
    public var contentEncoding: String?
    /// The headers.
    public var headers: FieldTable?
    /// Whether the message survives a restart of the broker: 1 no, 2 yes. Other numbers may be received.
    public var deliveryMode: UInt8?
    /// The priority, by agreement 0...9.
    public var priority: UInt8?
    /// What this message answers.
    public var correlationID: String?
    /// Where to answer to.
    public var replyTo: String?
    /// How long the message may wait in a queue: milliseconds, written in decimal.
    public var expiration: String?
    /// The message's identity, given by the application.
    public var messageID: String?
    /// Seconds since 1970, given by the application.
    public var timestamp: UInt64?
    /// The kind of message.
    public var type: String?
    /// The user who published it; the broker refuses another name than the connection's.
    public var userID: String?
    /// The application that published it.
    public var applicationID: String?
    /// Left from an older protocol.
    public var clusterID: String?
    /// What could not be kept of the properties that were received. Damaged properties cannot be published.
    public internal(set) var damage: Damage?

    /// No properties.
    public init() {}

    /// What was lost in reading properties.
    public enum Damage: String, Hashable, Codable, Sendable {
        /// A text is not UTF-8; its invalid parts were replaced.
        case textIsNotUTF8
        /// The headers nest deeper than ``FieldTable/maximumDepth``; they were dropped.
        case headersTooDeep
        /// The header is larger than ``ConnectionOptions/maximumHeaderSize``; the headers were dropped.
        case headersTooLarge
    }
}
