/// Names one act of one person: whatever comes a second time under it changes nothing, for ever (contract § 3).
public struct ActionID: Hashable, Sendable {
    public let text: String

    /// `nil` for a text that has not the form of a request id.
    public init?(_ text: String) {
        guard RequestID(text) != nil else { return nil }
        self.text = text
    }
}

extension ActionID: CustomStringConvertible {
    public var description: String { text }
}
