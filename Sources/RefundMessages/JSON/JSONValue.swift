/// A value in a document.
package struct JSONValue: Sendable {
    let document: JSONDocument
    let index: Int

    private var node: JSONDocument.Node { document.nodes[index] }

    var kind: JSONDocument.Kind { node.kind }

    /// The value's JSON text as it came; strings with their quotes.
    package var text: String {
        String(decoding: document.bytes[range], as: UTF8.self)
    }

    /// Where that text is among the document's bytes.
    var range: Range<Int> {
        let node = node
        let quote: Int32 = node.kind == .string ? 1 : 0
        return Int(node.start - quote)..<Int(node.end + quote)
    }

    /// A string's characters; `nil` for other values.
    package var string: String? {
        let node = node
        guard node.kind == .string else { return nil }
        let raw = document.bytes[Int(node.start)..<Int(node.end)]
        return String(decoding: node.hasEscapes ? unescaped(raw)[...] : raw, as: UTF8.self)
    }

    /// A string's characters as UTF-8; empty for other values.
    ///
    /// Names are compared by these: Swift's own `==` takes two spellings of one accented letter for the same, and
    /// JSON does not (RFC 8259 § 8.3).
    var characters: [UInt8] {
        let node = node
        guard node.kind == .string else { return [] }
        let raw = document.bytes[Int(node.start)..<Int(node.end)]
        return node.hasEscapes ? unescaped(raw) : Array(raw)
    }

    var boolean: Bool? {
        switch kind {
        case .true: true
        case .false: false
        default: nil
        }
    }

    /// A number without a fraction that fits 64 bits; `7000`, `7000.0` and `7e3` are the same integer.
    var integer: Int64? { number?.integer }

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

    /// Whether the string's text, unescaped, is `name`.
    func isString(_ name: StaticString) -> Bool {
        let node = node
        guard node.kind == .string else { return false }
        guard !node.hasEscapes else {
            return characters.elementsEqual(UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        }
        guard Int(node.end - node.start) == name.utf8CodeUnitCount else { return false }
        let start = Int(node.start)
        for offset in 0..<name.utf8CodeUnitCount where document.bytes[start + offset] != name.utf8Start[offset] {
            return false
        }
        return true
    }

    /// Whether both are strings of the same characters.
    func isSameString(as other: JSONValue) -> Bool {
        let (mine, theirs) = (node, other.node)
        guard mine.kind == .string, theirs.kind == .string else { return false }
        if mine.hasEscapes || theirs.hasEscapes { return characters == other.characters }
        guard mine.end - mine.start == theirs.end - theirs.start else { return false }
        return document.bytes[Int(mine.start)..<Int(mine.end)]
            .elementsEqual(other.document.bytes[Int(theirs.start)..<Int(theirs.end)])
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

/// The characters of a string's text; the parser has checked every escape.
private func unescaped(_ raw: ArraySlice<UInt8>) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(raw.count)
    var position = raw.startIndex
    while position < raw.endIndex {
        guard raw[position] == UInt8(ascii: "\\"), position + 1 < raw.endIndex else {
            bytes.append(raw[position])
            position += 1
            continue
        }
        let escape = raw[position + 1]
        position += 2
        switch escape {
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0C)
        case UInt8(ascii: "n"): bytes.append(0x0A)
        case UInt8(ascii: "r"): bytes.append(0x0D)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "u"):
            let (scalar, length) = escapedScalar(raw[position...])
            bytes.append(contentsOf: Array(String(scalar).utf8))
            position += length
        default: bytes.append(escape)
        }
    }
    return bytes
}

/// The scalar of `XXXX` or of the pair `XXXX\uXXXX`, and how many bytes it took.
private func escapedScalar(_ raw: ArraySlice<UInt8>) -> (Unicode.Scalar, Int) {
    func unit(at offset: Int) -> UInt32 {
        guard raw.count >= offset + 4 else { return 0xFFFD }
        let start = raw.startIndex + offset
        return raw[start..<start + 4].withUnsafeBufferPointer { hexadecimal($0[...]) } ?? 0xFFFD
    }
    let first = unit(at: 0)
    guard first & 0xFC00 == 0xD800 else { return (Unicode.Scalar(first) ?? "\u{FFFD}", 4) }
    let pair = 0x1_0000 + (first & 0x3FF) << 10 + (unit(at: 6) & 0x3FF)
    return (Unicode.Scalar(pair) ?? "\u{FFFD}", 10)
}
