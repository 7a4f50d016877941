/// A service id, or the start of some: `setup-fee`, `domain-*` (contract § 1).
public struct ServicePattern: Hashable, Sendable {
    /// As the policy file writes it.
    public let text: String

    public init(_ text: String) {
        self.text = text
    }

    public func matches(_ serviceID: String) -> Bool {
        text.utf8.last == UInt8(ascii: "*") ? serviceID.utf8.starts(with: text.utf8.dropLast()) : serviceID == text
    }
}
