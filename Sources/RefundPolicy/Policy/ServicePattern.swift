/// A service id, or the start of some: `setup-fee`, `domain-*` (contract § 5).
///
/// It means a service in all spellings of its id, as lines are compared; two patterns are equal when they mean the
/// same.
public struct ServicePattern: Sendable {
    /// As the policy file writes it.
    public let text: String
    private let folded: String

    public init(_ text: String) {
        self.text = text
        folded = Spelling.folded(text)
    }

    /// Whether the policy means that service: the very id, or any id that starts as the pattern does before its `*`.
    public func matches(_ serviceID: String) -> Bool {
        let id = Spelling.folded(serviceID)
        guard folded.utf8.last == UInt8(ascii: "*") else { return haveSameBytes(id, folded) }
        return id.utf8.starts(with: folded.utf8.dropLast())
    }

    /// The same byte for byte, as version 1 of the contract had it.
    func matchesBytes(of serviceID: String) -> Bool {
        guard text.utf8.last == UInt8(ascii: "*") else { return haveSameBytes(serviceID, text) }
        return serviceID.utf8.starts(with: text.utf8.dropLast())
    }
}

extension ServicePattern: Hashable {
    public static func == (left: ServicePattern, right: ServicePattern) -> Bool {
        haveSameBytes(left.folded, right.folded)
    }

    public func hash(into hasher: inout Hasher) {
        hashBytes(of: folded, into: &hasher)
    }
}
