/// What a message may measure.
public struct InboundLimits: Hashable, Sendable {
    /// Bytes of a body (contract § 3: 64 KiB by default).
    public var bodySize: Int
    /// How far ahead of the worker's clock a submission may be.
    public var clockSkew: Duration

    public init(bodySize: Int = 65_536, clockSkew: Duration = .seconds(300)) {
        self.bodySize = bodySize
        self.clockSkew = clockSkew
    }

    /// Characters of an identifier: ids, numbers of orders and invoices.
    static let identifierLength = 255
    /// Characters of a text that people write: notes, reasons, messages, links.
    static let textLength = 4_000
}
