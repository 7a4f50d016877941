/// Tells texts and bytes apart by SHA-256: equal for equal bytes, and for no others that anyone could make.
public struct Fingerprint: Hashable, Sendable {
    /// 64 hexadecimal digits.
    public let text: String

    public init(of bytes: [UInt8]) {
        text = SHA256.digest(of: bytes).map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }
}
