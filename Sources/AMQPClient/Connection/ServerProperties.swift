/// What the broker said about itself when it was connected to (`connection.start`).
public struct ServerProperties: Hashable, Sendable {
    /// Everything it said; empty if it nested too deep.
    public let table: FieldTable

    init(_ table: FieldTable?) {
        self.table = table ?? FieldTable()
    }

    /// The product, such as `RabbitMQ`.
    public var product: String? { table["product"]?.text }
    /// The version, such as `3.10.8`.
    public var version: String? { table["version"]?.text }
    /// Whether the broker says that it can do something, such as `publisher_confirms`.
    public func hasCapability(_ name: String) -> Bool {
        table["capabilities"]?.table?[name] == .boolean(true)
    }
}
