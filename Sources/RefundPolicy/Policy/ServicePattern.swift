/// A service id, or the start of some: `setup-fee`, `domain-*` (contract § 1).
///
/// Patterns are compared with ids, and with each other, byte for byte.
public struct ServicePattern: Sendable {
    /// As the policy file writes it.
    public let text: String

    public init(_ text: String) {
        self.text = text
    }

    /// Whether the policy means that service: the very id, or any id that starts as the pattern does before its `*`.
    public func matches(_ serviceID: String) -> Bool {
        guard text.utf8.last == UInt8(ascii: "*") else { return haveSameBytes(serviceID, text) }
        return serviceID.utf8.starts(with: text.utf8.dropLast())
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
