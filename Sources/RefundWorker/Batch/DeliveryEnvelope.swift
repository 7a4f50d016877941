/// What came with a body and tells the lane nothing: the shell's own form of it, for the way to `refund.dead`.
public protocol DeliveryEnvelope: Sendable {
    /// As bytes that a store can keep, and from which the shell makes the dead letter.
    func encoded() -> [UInt8]
}
