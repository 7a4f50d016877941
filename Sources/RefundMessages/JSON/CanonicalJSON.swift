extension JSONValue {
    /// The value's JSON without regard to order, white space and spelling: equal for values that say the same.
    var canonical: String {
        switch kind {
        case .null: return "null"
        case .true: return "true"
        case .false: return "false"
        case .number: return number?.canonical ?? text
        // Without escapes there is one way to write it.
        case .string: return hasEscapes ? quoted(string ?? "") : text
        case .object:
            let members = self.members.map { (quoted($0.name.string ?? ""), $0.value.canonical) }
            return "{" + members.sorted { $0.0 < $1.0 }.map { "\($0.0):\($0.1)" }.joined(separator: ",") + "}"
        case .array: return "[" + elements.map(\.canonical).joined(separator: ",") + "]"
        }
    }
}

private func quoted(_ text: String) -> String {
    var writer = JSONWriter(capacity: text.utf8.count + 2)
    writer.string(text)
    return String(decoding: writer.bytes, as: UTF8.self)
}
