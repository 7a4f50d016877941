import RefundCase
public import RefundPolicy

/// What a reply has said of a key: the same words again change nothing, for ever (contract § 4, the table).
public struct SaidWord: Hashable, Sendable {
    public let request: RequestID
    public let digest: WordDigest

    public init(request: RequestID, digest: WordDigest) {
        self.request = request
        self.digest = digest
    }
}

/// Tells words apart: equal for the same key, kind, code, `occurred_at` and reference, and for no others that anyone
/// could make.
public struct WordDigest: Hashable, Sendable {
    /// 16 bytes: the first half of a SHA-256.
    public let bytes: [UInt8]

    public static let size = 16

    /// For whoever has kept the bytes; `nil` when they are not as many.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count == WordDigest.size else { return nil }
        self.bytes = bytes
    }

    init(of words: [UInt8]) {
        bytes = Array(SHA256.digest(of: words).prefix(WordDigest.size))
    }
}

extension InboundMessage {
    /// What a reply says; `nil` for any other message.
    public var word: SaidWord? {
        switch self {
        case .event(.succeeded(let reply), let id):
            SaidWord(
                request: id,
                digest: digest(
                    reply.kind, reply.key, "succeeded", code: nil, at: reply.report.occurredAt,
                    reference: reply.report.reference))
        case .event(.failed(let reply), let id):
            SaidWord(
                request: id,
                digest: digest(
                    reply.kind, reply.key, "failed", code: reply.report.code, at: reply.report.occurredAt,
                    reference: nil))
        case .requested, .event, .paused, .resumed: nil
        }
    }

    private func digest(
        _ kind: CommandKind, _ key: Int, _ word: String, code: String?, at occurredAt: Instant, reference: String?
    ) -> WordDigest {
        var writer = JSONWriter(capacity: 160)
        writer.beginArray()
        writer.string(kind.rawValue)
        writer.integer(Int64(key))
        writer.string(word)
        writer.string(code ?? "")
        writer.integer(occurredAt.microsecondsSinceEpoch)
        writer.string(reference ?? "")
        writer.endArray()
        return WordDigest(of: writer.bytes)
    }
}
