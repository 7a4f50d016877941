public import RefundCase
public import RefundPolicy

/// A finished case with its whole history, as a line of an archive's file keeps it.
public struct ArchiveRecord: Hashable, Sendable {
    public var requestID: RequestID
    public var status: CaseStatus
    public var digest: ContentDigest
    public var archivedAt: Instant
    /// The whole text of the policy's version that the case was decided by.
    public var policy: String
    /// What the store kept of the case (`CaseStateCodec`).
    public var state: String
    /// Oldest first; the first holds the request as it came. With the policy they rebuild the case.
    public var events: [StoredEvent]
    /// In the order in which they were committed.
    public var messages: [Message]

    /// A message of the case, and how its publication ended.
    public struct Message: Hashable, Sendable {
        public var encoded: EncodedMessage
        public var createdAt: Instant
        /// How often the same bytes were sent.
        public var attempt: Int
        public var confirmedAt: Instant?

        public init(encoded: EncodedMessage, createdAt: Instant, attempt: Int, confirmedAt: Instant?) {
            self.encoded = encoded
            self.createdAt = createdAt
            self.attempt = attempt
            self.confirmedAt = confirmedAt
        }
    }

    public init(
        of refundCase: RefundCase, events: [StoredEvent], messages: [Message], archivedAt: Instant
    ) {
        requestID = refundCase.id
        status = refundCase.state.status
        digest = ContentDigest(of: refundCase.request)
        self.archivedAt = archivedAt
        policy = refundCase.origin.version.yaml
        state = CaseStateCodec().encode(refundCase)
        self.events = events
        self.messages = messages
    }
}

extension ArchiveRecord {
    /// One line of JSON, without the line's end. Bodies are strings, so that they come back byte for byte.
    public func encoded() -> [UInt8] {
        var writer = JSONWriter(capacity: 8_192)
        writer.beginObject()
        writer.integer("version", 1)
        writer.string("request_id", requestID.text)
        writer.string("status", status.rawValue)
        writer.string("archived_at", archivedAt.description)
        writer.string("content_sha256", digest.description)
        writer.string("policy", policy)
        writer.raw("state", ifPresent: state)
        writer.name("events")
        writer.beginArray()
        for event in events { writer.event(event) }
        writer.endArray()
        writer.name("messages")
        writer.beginArray()
        for message in messages { writer.message(message) }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    /// Reads a line that `encoded` has made.
    ///
    /// - Throws: `DeadLetterReason` with the place that is wrong.
    public init(_ line: [UInt8]) throws(DeadLetterReason) {
        let fields = try storedFields(String(decoding: line, as: UTF8.self))
        guard try fields.requiredInteger("version") == 1 else { throw .unsupportedVersion }
        requestID = try fields.requestID()
        status = try fields.requiredChoice("status", of: CaseStatus.self)
        archivedAt = try fields.requiredInstant("archived_at")
        guard let digest = ContentDigest(hexadecimal: try fields.whole("content_sha256")) else {
            throw .invalidField(path: "content_sha256", problem: "must be 64 hexadecimal digits")
        }
        self.digest = digest
        policy = try fields.whole("policy")
        state = try fields.requiredObject("state").object.text
        events = []
        for value in try fields.required("events").elements {
            events.append(try StoredEvent(try JSONFields(value)))
        }
        messages = []
        for value in try fields.required("messages").elements {
            messages.append(try Message(try JSONFields(value)))
        }
    }
}

extension JSONWriter {
    fileprivate mutating func event(_ event: StoredEvent) {
        beginObject()
        string("at", event.at.description)
        string("event", event.kind.rawValue)
        string("body", String(decoding: event.body, as: UTF8.self))
        string("facts", event.facts)
        endObject()
    }

    fileprivate mutating func message(_ message: ArchiveRecord.Message) {
        beginObject()
        string("message_id", message.encoded.id)
        string("type", message.encoded.type.rawValue)
        string("committed_at", message.createdAt.description)
        integer("attempt", Int64(message.attempt))
        string("confirmed_at", ifPresent: message.confirmedAt?.description)
        string("body", String(decoding: message.encoded.body, as: UTF8.self))
        endObject()
    }
}

extension StoredEvent {
    fileprivate init(_ fields: JSONFields) throws(DeadLetterReason) {
        self.init(
            kind: try fields.requiredChoice("event", of: Kind.self), at: try fields.requiredInstant("at"),
            body: Array(try fields.whole("body").utf8), facts: try fields.whole("facts"))
    }
}

extension ArchiveRecord.Message {
    fileprivate init(_ fields: JSONFields) throws(DeadLetterReason) {
        self.init(
            encoded: EncodedMessage(
                id: try fields.whole("message_id"), type: try fields.requiredChoice("type", of: OutboundType.self),
                body: Array(try fields.whole("body").utf8)),
            createdAt: try fields.requiredInstant("committed_at"), attempt: Int(try fields.requiredInteger("attempt")),
            confirmedAt: fields["confirmed_at"] == nil ? nil : try fields.requiredInstant("confirmed_at"))
    }
}

extension JSONFields {
    /// A text of ours, whatever it holds and however long it is.
    fileprivate func whole(_ name: StaticString) throws(DeadLetterReason) -> String {
        guard let text = try required(name).string else {
            throw .invalidField(path: path(of: name), problem: "must be a string")
        }
        return text
    }
}
