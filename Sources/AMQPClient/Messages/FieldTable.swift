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
