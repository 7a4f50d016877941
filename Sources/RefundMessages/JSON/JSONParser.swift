extension JSONDocument {
    /// Reads the whole of `bytes`.
    ///
    /// - Throws: `JSONError` with the place where the text stops being JSON.
    package convenience init(_ bytes: [UInt8]) throws(JSONError) {
        var failure: JSONError?
        let nodes = bytes.withUnsafeBufferPointer { buffer in
            var parser = JSONParser(bytes: buffer)
            do throws(JSONError) {
                try parser.parseDocument()
            } catch {
                failure = error
            }
            return parser.nodes
        }
        if let failure { throw failure }
        self.init(bytes: bytes, nodes: nodes)
    }
}

/// Reads a JSON text into nodes, in the order in which the values begin.
struct JSONParser {
    let bytes: UnsafeBufferPointer<UInt8>
    private(set) var nodes: [JSONDocument.Node] = []
    private var position = 0
    private var depth = 0

    init(bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
        // A name and its value rarely take less; where they do, the array grows.
        nodes.reserveCapacity(bytes.count / 10 + 8)
    }

    mutating func parseDocument() throws(JSONError) {
        guard bytes.count <= Int(Int32.max) else { throw error("the text is too long") }
        skipSpace()
        try parseValue()
        skipSpace()
        guard position == bytes.count else { throw error("something follows the value") }
    }

    private mutating func parseValue() throws(JSONError) {
        guard position < bytes.count else { throw error("the text ends where a value should stand") }
        switch bytes[position] {
        case UInt8(ascii: "{"): try parseObject()
        case UInt8(ascii: "["): try parseArray()
        case UInt8(ascii: "\""): try parseString()
        case UInt8(ascii: "t"): try parseWord("true", .true)
        case UInt8(ascii: "f"): try parseWord("false", .false)
        case UInt8(ascii: "n"): try parseWord("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try parseNumber()
        default: throw error("no value starts with this character")
        }
    }

    private mutating func parseObject() throws(JSONError) {
        let index = try open(.object)
        defer { depth -= 1 }
        skipSpace()
        if take(UInt8(ascii: "}")) { return close(index) }
        while true {
            skipSpace()
            guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
                throw error("a member's name should stand here")
            }
            try parseString()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw error("a colon should stand here") }
            skipSpace()
            try parseValue()
            skipSpace()
            if take(UInt8(ascii: "}")) { return close(index) }
            guard take(UInt8(ascii: ",")) else { throw error("a comma or the object's end should stand here") }
        }
    }

    private mutating func parseArray() throws(JSONError) {
        let index = try open(.array)
        defer { depth -= 1 }
        skipSpace()
        if take(UInt8(ascii: "]")) { return close(index) }
        while true {
            skipSpace()
            try parseValue()
            skipSpace()
            if take(UInt8(ascii: "]")) { return close(index) }
            guard take(UInt8(ascii: ",")) else { throw error("a comma or the array's end should stand here") }
        }
    }

    private mutating func open(_ kind: JSONDocument.Kind) throws(JSONError) -> Int {
        depth += 1
        guard depth <= JSONDocument.maximumDepth else {
            throw error("nested deeper than \(JSONDocument.maximumDepth) levels")
        }
        nodes.append(JSONDocument.Node(kind: kind, start: Int32(position), end: 0, next: 0))
        position += 1
        return nodes.count - 1
    }

    private mutating func close(_ index: Int) {
        nodes[index].end = Int32(position)
        nodes[index].next = Int32(nodes.count)
    }

    private mutating func append(_ kind: JSONDocument.Kind, from start: Int, hasEscapes: Bool = false) {
        nodes.append(
            JSONDocument.Node(
                kind: kind, hasEscapes: hasEscapes, start: Int32(start), end: Int32(position),
                next: Int32(nodes.count + 1)))
    }

    private mutating func parseWord(_ word: StaticString, _ kind: JSONDocument.Kind) throws(JSONError) {
        let start = position
        let length = word.utf8CodeUnitCount
        guard bytes.count - position >= length else { throw error("the text ends in the middle of a word") }
        for offset in 0..<length where bytes[position + offset] != word.utf8Start[offset] {
            throw error("no value is spelled like this")
        }
        position += length
        append(kind, from: start)
    }

    private mutating func parseNumber() throws(JSONError) {
        let start = position
        if bytes[position] == UInt8(ascii: "-") { position += 1 }
        if take(UInt8(ascii: "0")) {
            // A leading zero stands alone.
        } else {
            try takeDigits()
        }
        if take(UInt8(ascii: ".")) { try takeDigits() }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try takeDigits()
        }
        append(.number, from: start)
    }

    private mutating func takeDigits() throws(JSONError) {
        let start = position
        while position < bytes.count, bytes[position] &- UInt8(ascii: "0") <= 9 { position += 1 }
        guard position > start else { throw error("a digit should stand here") }
    }

    private mutating func parseString() throws(JSONError) {
        position += 1
        let start = position
        var hasEscapes = false
        while position < bytes.count {
            skipPlainCharacters()
            guard position < bytes.count else { break }
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                append(.string, from: start, hasEscapes: hasEscapes)
                position += 1
                return
            }
            if byte == UInt8(ascii: "\\") {
                hasEscapes = true
                try skipEscape()
            } else if byte < 0x20 {
                throw error("a control character stands in a string")
            } else if byte < 0x80 {
                position += 1
            } else {
                try skipMultibyte(byte)
            }
        }
        throw error("a string has no end")
    }

    /// Steps over eight characters at a time as long as all of them are visible ASCII and stand for themselves.
    private mutating func skipPlainCharacters() {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let raw = UnsafeRawBufferPointer(bytes)
        while raw.count - position >= 8 {
            let word = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            // A byte's highest bit is set where it is below 0x20, a quote or a backslash, or not ASCII; borrows can only set
            // more of them.
            let quotes = word ^ (ones &* UInt64(UInt8(ascii: "\"")))
            let backslashes = word ^ (ones &* UInt64(UInt8(ascii: "\\")))
            let special = (word &- ones &* 0x20) | (quotes &- ones) | (backslashes &- ones) | word
            let first = (special & (ones &* 0x80)).trailingZeroBitCount
            guard first == 64 else {
                position += first / 8
                return
            }
            position += 8
        }
    }

    private mutating func skipEscape() throws(JSONError) {
        guard position + 1 < bytes.count else { throw error("a string has no end") }
        switch bytes[position + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 2
        case UInt8(ascii: "u"):
            guard position + 6 <= bytes.count, let unit = hexadecimal(bytes[position + 2..<position + 6]) else {
                throw error("an escape has no four hexadecimal digits")
            }
            if unit & 0xFC00 == 0xD800 {
                guard position + 12 <= bytes.count, bytes[position + 6] == UInt8(ascii: "\\"),
                    bytes[position + 7] == UInt8(ascii: "u"),
                    let low = hexadecimal(bytes[position + 8..<position + 12]), low & 0xFC00 == 0xDC00
                else { throw error("half of a surrogate pair stands alone") }
                position += 12
            } else if unit & 0xFC00 == 0xDC00 {
                throw error("half of a surrogate pair stands alone")
            } else {
                position += 6
            }
        default: throw error("no such escape exists")
        }
    }

    /// Steps over one character of two to four bytes, well-formed by the Unicode standard's table 3-7.
    private mutating func skipMultibyte(_ lead: UInt8) throws(JSONError) {
        let length: Int
        let second: ClosedRange<UInt8>
        switch lead {
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xE1...0xEC, 0xEE...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: throw error("the text is not UTF-8")
        }
        guard position + length <= bytes.count, second.contains(bytes[position + 1]) else {
            throw error("the text is not UTF-8")
        }
        for offset in 2..<max(length, 2) where bytes[position + offset] & 0xC0 != 0x80 {
            throw error("the text is not UTF-8")
        }
        position += length
    }

    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"): position += 1
            default: return
            }
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private func error(_ problem: String) -> JSONError {
        JSONError(problem: problem, offset: position)
    }
}
