/// A service id, or the start of some: `setup-fee`, `domain-*` (contract § 1).
///
/// Patterns are compared with ids as lines are with each other, whatever their spelling (contract § 3, "The line"); among
/// themselves they are the same when their bytes are.
public struct ServicePattern: Sendable {
    /// As the policy file writes it.
    public let text: String
    /// What an id is compared with: the pattern's spelling that stands for all, without the `*`.
    private let folded: String
    private let isPrefix: Bool

    public init(_ text: String) {
        self.text = text
        isPrefix = text.utf8.last == UInt8(ascii: "*")
        folded = Spelling.folded(isPrefix ? String(text.unicodeScalars.dropLast()) : text)
    }

    /// Whether the policy means that service: the very id, or any id that starts as the pattern does before its `*`.
    public func matches(_ serviceID: String) -> Bool {
        let id = Spelling.folded(serviceID)
        return isPrefix ? Spelling.isPrefix(folded, of: id) : haveSameBytes(id, folded)
    }
}

extension ServicePattern: Hashable {
    public static func == (left: ServicePattern, right: ServicePattern) -> Bool {
        haveSameBytes(left.text, right.text)
    }

    public func hash(into hasher: inout Hasher) {
        hashBytes(of: text, into: &hasher)
    }
}
