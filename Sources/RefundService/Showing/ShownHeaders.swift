public import AMQPClient
internal import RefundMessages

/// A message's headers for people: those that the contract, the worker and the broker write, by their names; of any other
/// only the name, since a sender may have put anything there.
public struct ShownHeaders: Hashable, Sendable {
    public struct Header: Hashable, Sendable {
        public let name: String
        public let text: String
        /// `nil` where it is none, or masked.
        public let integer: Int64?
    }

    /// In the order in which they stand in the message.
    public let headers: [Header]

    /// - Parameter isUnmasked: somebody has asked for all of it.
    public init(_ table: FieldTable?, isUnmasked: Bool = false) {
        headers = (table?.entries ?? []).prefix(ShownHeaders.most).map { entry in
            guard isUnmasked || ShownHeaders.names.contains(entry.name) else {
                return Header(name: ShownMember.isName(entry.name) ? entry.name : mask, text: mask, integer: nil)
            }
            let text = String(entry.value.shown.prefix(ShownHeaders.longest))
            return Header(name: entry.name, text: text, integer: entry.value.integer)
        }
    }

    private static let most = 50
    private static let longest = 1_000

    private static let names: Set<String> = [
        "attempt", "traceparent", "shard-key", "refund-error-code", "refund-error-detail", "refund-source-queue",
        "refund-source-exchange", "refund-source-routing-key", "refund-original-user-id", "refund-original-expiration",
        "refund-attempts", "refund-dead-at",
        "refund-lost", "x-delivery-count", "x-first-death-queue", "x-first-death-reason",
        "x-first-death-exchange", "x-death",
    ]
}

extension FieldValue {
    /// A header's value for people.
    fileprivate var shown: String {
        if let text { return text }
        if let integer { return "\(integer)" }
        switch self {
        case .boolean(let flag): return flag ? "true" : "false"
        case .timestamp(let seconds): return "\(seconds) s since 1970"
        case .void: return "(nothing)"
        case .table, .array: return "(several values)"
        default: return "(bytes)"
        }
    }
}

/// A message's body for people, as one text.
public enum ShownText {
    /// The body, masked by the allowlist unless all of it was asked for; all of what is not JSON is masked.
    public static func body(_ bytes: [UInt8], isUnmasked: Bool) -> String {
        let text = String(decoding: bytes, as: UTF8.self)
        guard !isUnmasked else { return text }
        // Bytes that are no UTF-8 are no JSON either.
        return String(validating: bytes, as: UTF8.self).map { MessagePlaces.masking($0, by: mask) } ?? mask
    }
}
