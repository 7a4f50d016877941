/// A message's body, or how large it was when it was too large to keep.
public enum MessageBody: Hashable, Sendable {
    /// All of it.
    case complete([UInt8])
    /// It was larger than ``ConnectionOptions/maximumBodySize``: its size in bytes. Its bytes were read and thrown away.
    case tooLarge(size: UInt64)

    /// The bytes, or `nil` if they were not kept.
    public var bytes: [UInt8]? {
        switch self {
        case .complete(let bytes): bytes
        case .tooLarge: nil
        }
    }

    /// The size in bytes.
    public var size: UInt64 {
        switch self {
        case .complete(let bytes): UInt64(bytes.count)
        case .tooLarge(let size): size
        }
    }
}
