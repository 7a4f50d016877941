extension JSONDocument {
    /// The value that the text is.
    package var root: JSONValue { JSONValue(document: self, index: 0) }
}

/// A value in a document.
package struct JSONValue: Sendable {
    let document: JSONDocument
    let index: Int

    private var node: JSONDocument.Node { document.nodes[index] }

    var kind: JSONDocument.Kind { node.kind }

    /// The value's JSON text as it came; strings with their quotes.
    package var text: String {
        document.bytes.withUnsafeBufferPointer {
            String(decoding: UnsafeBufferPointer(rebasing: $0[range]), as: UTF8.self)
        }
    }

    /// Where that text is among the document's bytes.
    var range: Range<Int> {
        let node = node
        let quote: Int32 = node.kind == .string ? 1 : 0
        return Int(node.start - quote)..<Int(node.end + quote)
    }

    /// A string's characters; `nil` for other values.
    package var string: String? {
        withCharacters { String(decoding: $0, as: UTF8.self) }
    }

    /// A string's characters as UTF-8; empty for other values.
    var characters: [UInt8] { document.characters(of: node) }

    /// Whether the string's text holds escapes.
    var hasEscapes: Bool { node.hasEscapes }

    /// What `read` makes of a string's characters as UTF-8; `nil` for other values.
    func withCharacters<Result>(_ read: (UnsafeBufferPointer<UInt8>) -> Result) -> Result? {
        let node = node
        guard node.kind == .string else { return nil }
        return document.withText(of: node) { text in
            node.hasEscapes ? unescaped(text).withUnsafeBufferPointer(read) : read(text)
        }
    }

    var boolean: Bool? {
        switch kind {
        case .true: true
        case .false: false
        default: nil
        }
    }

    /// A number without a fraction that fits 64 bits; `7000`, `7000.0` and `7e3` are the same integer.
    var integer: Int64? {
        let node = node
        guard node.kind == .number else { return nil }
        return document.withText(of: node, plainInteger) ?? number?.integer
    }

    /// A number's value; `nil` for other values, and where the exponent is beyond all reason.
    var number: JSONNumber? {
        let node = node
        guard node.kind == .number else { return nil }
        return JSONNumber(document.bytes[Int(node.start)..<Int(node.end)])
    }

    /// An object's members in their order; empty for other values.
    package var members: JSONMembers { JSONMembers(of: self) }

    /// An array's elements in their order; empty for other values.
    package var elements: [JSONValue] {
        guard kind == .array else { return [] }
        var elements: [JSONValue] = []
        var next = firstChild
        while next < end {
            elements.append(JSONValue(document: document, index: next))
            next = Int(document.nodes[next].next)
        }
        return elements
    }

    fileprivate var firstChild: Int { index + 1 }
    fileprivate var end: Int { Int(node.next) }
    fileprivate var isObject: Bool { node.kind == .object }
}

/// The members of an object.
package struct JSONMembers: Sequence, IteratorProtocol {
    private let document: JSONDocument
    private var position: Int
    private let end: Int

    init(of value: JSONValue) {
        document = value.document
        end = value.end
        position = value.isObject ? value.firstChild : end
    }

    package mutating func next() -> (name: JSONValue, value: JSONValue)? {
        guard position < end else { return nil }
        let name = JSONValue(document: document, index: position)
        let value = JSONValue(document: document, index: position + 1)
        position = Int(document.nodes[position + 1].next)
        return (name, value)
    }
}

/// The value of a number's text that is nothing but a few digits, as nearly all are; `nil` for any other.
private func plainInteger(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
    guard text.count <= 18 else { return nil }
    var value: Int64 = 0
    for byte in text {
        let digit = byte &- UInt8(ascii: "0")
        guard digit <= 9 else { return nil }
        value = value * 10 + Int64(digit)
    }
    return value
}
