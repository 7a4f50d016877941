/// Who a request is: 1–128 of `A-Z a-z 0-9 . _ : -` (contract § 3).
public struct RequestID: Hashable, Sendable {
    public let text: String

    /// `nil` when the text is empty, too long, or holds another character.
    public init?(_ text: String) {
        guard withBytes(of: text, { (1...128).contains($0.count) && $0.allSatisfy(RequestID.allows) }) else {
            return nil
        }
        self.text = text
    }

    private static func allows(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: ":"),
            UInt8(ascii: "-"):
            true
        default: false
        }
    }
}

extension RequestID: CustomStringConvertible {
    public var description: String { text }
}
