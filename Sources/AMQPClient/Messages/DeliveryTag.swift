/// Which delivery an acknowledgement is for: the broker's number, and the life of the channel that it was given in.
public struct DeliveryTag: Hashable, Sendable {
    /// The life of the channel.
    public let epoch: Epoch
    /// The broker's number, counted from 1 on each channel.
    public let number: UInt64

    /// A tag from its parts.
    public init(epoch: Epoch, number: UInt64) {
        self.epoch = epoch
        self.number = number
    }
}

/// The name of a consumer on its channel, fresh for every `consume`.
public struct ConsumerTag: Hashable, Sendable, CustomStringConvertible {
    /// The name as the broker knows it.
    public let name: String

    /// A consumer's name.
    public init(_ name: String) {
        self.name = name
    }

    /// The name.
    public var description: String { name }
}
