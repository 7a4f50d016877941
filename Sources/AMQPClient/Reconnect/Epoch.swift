/// Which life of a channel something belongs to.
///
/// Delivery tags start at 1 on every channel, so a tag alone does not say which delivery it means once a channel has
/// been opened again. Give every connection, and every reopened channel, a higher epoch than the one before.
public struct Epoch: Hashable, Comparable, Sendable {
    /// The number; it means nothing by itself.
    public let number: UInt64

    /// An epoch by its number.
    public init(_ number: UInt64) {
        self.number = number
    }

    /// The epoch after this one.
    public var next: Epoch { Epoch(number &+ 1) }

    /// Whether one epoch came before another.
    public static func < (earlier: Epoch, later: Epoch) -> Bool {
        earlier.number < later.number
    }
}

extension Epoch: CustomStringConvertible {
    /// The number.
    public var description: String { String(number) }
}
