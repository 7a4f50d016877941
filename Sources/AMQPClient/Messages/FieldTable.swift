/// Named values in the order in which they were written: a message's headers, or the arguments of a declaration.
///
/// A name may occur more than once on the wire; looking up gives the first.
public struct FieldTable: Hashable, Codable, Sendable {
    /// How deep tables and arrays may nest; the outermost table counts as 1.
    public static let maximumDepth = 32

    /// One named value.
    public struct Entry: Hashable, Codable, Sendable {
        /// The name, up to 255 bytes of UTF-8 (128 by the letter of AMQP 0-9-1).
        public var name: String
        /// The value.
        public var value: FieldValue

        /// A named value.
        public init(name: String, value: FieldValue) {
            self.name = name
            self.value = value
        }
    }

    /// The entries in order.
    public var entries: [Entry]

    /// A table of entries in order.
    public init(_ entries: [Entry] = []) {
        self.entries = entries
    }

    /// The first value of that name. Setting replaces it, appends it, or with `nil` removes all of that name.
    public subscript(name: String) -> FieldValue? {
        get { entries.first { $0.name == name }?.value }
        set {
            guard let newValue else {
                entries.removeAll { $0.name == name }
                return
            }
            if let index = entries.firstIndex(where: { $0.name == name }) {
                entries[index].value = newValue
            } else {
                entries.append(Entry(name: name, value: newValue))
            }
        }
    }
}

extension FieldTable: ExpressibleByDictionaryLiteral {
    /// A table in the literal's order.
    public init(dictionaryLiteral elements: (String, FieldValue)...) {
        entries = elements.map { Entry(name: $0.0, value: $0.1) }
    }
}

/// A value in a field table: every type that RabbitMQ and librabbitmq know, by its tag on the wire.
public enum FieldValue: Hashable, Codable, Sendable {
    /// `t`
    case boolean(Bool)
    /// `b`
    case int8(Int8)
    /// `B`
    case uint8(UInt8)
    /// `s`
    case int16(Int16)
    /// `u`
    case uint16(UInt16)
    /// `I`
    case int32(Int32)
    /// `i`
    case uint32(UInt32)
    /// `l`
    case int64(Int64)
    /// `L`. RabbitMQ 3.10 hands it on without reading it, and ends the connection (541) where it must read it: prefer
    /// ``int64(_:)``.
    case uint64(UInt64)
    /// `f`, kept bit by bit. RabbitMQ 3.10 cannot read infinity or NaN, and ends the connection (541).
    case float(bitPattern: UInt32)
    /// `d`, kept bit by bit. RabbitMQ 3.10 cannot read infinity or NaN, and ends the connection (541).
    case double(bitPattern: UInt64)
    /// `D`: `value` divided by ten to the power of `scale`.
    case decimal(scale: UInt8, value: UInt32)
    /// `S`: bytes that are text by custom, not by law.
    case longString([UInt8])
    /// `A`
    case array([FieldValue])
    /// `T`: seconds since 1970.
    case timestamp(UInt64)
    /// `F`
    case table(FieldTable)
    /// `V`
    case void
    /// `x`
    case bytes([UInt8])

    /// A long string from text.
    public static func text(_ text: String) -> FieldValue { .longString(Array(text.utf8)) }

    /// The text of a long string, or `nil` if this is something else or not UTF-8.
    public var text: String? {
        guard case .longString(let bytes) = self else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    /// The number of any integer type but a timestamp, or `nil` if this is something else or does not fit.
    public var integer: Int64? {
        switch self {
        case .int8(let number): Int64(number)
        case .uint8(let number): Int64(number)
        case .int16(let number): Int64(number)
        case .uint16(let number): Int64(number)
        case .int32(let number): Int64(number)
        case .uint32(let number): Int64(number)
        case .int64(let number): number
        case .uint64(let number): Int64(exactly: number)
        default: nil
        }
    }

    /// The table, or `nil` if this is something else.
    public var table: FieldTable? {
        guard case .table(let table) = self else { return nil }
        return table
    }

    /// The elements of an array, or `nil` if this is something else.
    public var elements: [FieldValue]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }
}

extension FieldValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral {
    /// A long string.
    public init(stringLiteral value: String) { self = .text(value) }
    /// A boolean.
    public init(booleanLiteral value: Bool) { self = .boolean(value) }
    /// A signed 64-bit number, which RabbitMQ takes wherever it wants a number.
    public init(integerLiteral value: Int64) { self = .int64(value) }
}
