/// A service id, or the start of some: `setup-fee`, `domain-*` (contract § 5).
///
/// It means a service in all spellings of its id, as lines are compared (contract § 3, "The line"); two patterns are equal
/// when they mean the same.
public struct ServicePattern: Sendable {
    /// As the policy file writes it.
    public let text: String
    /// What an id is compared with: the pattern's spelling that stands for all, without the `*`.
    private let folded: String
    private let isPrefix: Bool

    public init(_ text: String) {
        self.text = text
        let trimmed = Spelling.trimmed(text)
        isPrefix = trimmed.utf8.last == UInt8(ascii: "*")
        folded = Spelling.folded(isPrefix ? String(trimmed.unicodeScalars.dropLast()) : trimmed)
    }

    /// Whether the policy means that service: the very id, or any id that starts as the pattern does before its `*`.
    public func matches(_ serviceID: String) -> Bool { matches(folded: Spelling.folded(serviceID)) }

    /// - Parameter id: the id's spelling that stands for all (`LineIdentity.service`).
    func matches(folded id: String) -> Bool {
        isPrefix ? Spelling.isPrefix(folded, of: id) : haveSameBytes(id, folded)
    }
}

extension ServicePattern: Hashable {
    public static func == (left: ServicePattern, right: ServicePattern) -> Bool {
        left.isPrefix == right.isPrefix && haveSameBytes(left.folded, right.folded)
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(isPrefix)
        hashBytes(of: folded, into: &hasher)
    }
}
