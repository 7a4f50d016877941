/// The broker's number for a delivery; it means something only on the connection that it came by.
public struct DeliveryTag: Hashable, Sendable {
    /// Which connection: a later one has a higher epoch.
    public var epoch: UInt64
    /// From 1 on each connection, without gaps.
    public var number: UInt64

    public init(epoch: UInt64, number: UInt64) {
        self.epoch = epoch
        self.number = number
    }
}
