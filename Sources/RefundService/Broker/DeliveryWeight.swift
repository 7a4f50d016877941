internal import AMQPClient

extension Delivery {
    /// How much memory it takes, about: a header of two bytes on the wire becomes forty times that.
    var weight: Int {
        512 + (body.bytes?.count ?? 0) + (properties.headers?.weight ?? 0)
    }
}

extension FieldTable {
    fileprivate var weight: Int {
        entries.reduce(0) { $0 + 64 + $1.name.utf8.count + $1.value.weight }
    }
}

extension FieldValue {
    fileprivate var weight: Int {
        switch self {
        case .longString(let bytes), .bytes(let bytes): 64 + bytes.count
        case .array(let values): values.reduce(64) { $0 + $1.weight }
        case .table(let table): 64 + table.weight
        default: 32
        }
    }
}
