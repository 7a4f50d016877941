/// Bytes of a text that grows at its end: first room is made for a whole piece, and then its bytes are put down without
/// asking again. An array would ask for each byte.
struct TextBuffer: ~Copyable {
    /// A bare pointer: slices of a buffer would check their bounds for each piece.
    private var memory: UnsafeMutableRawPointer
    private var capacity: Int
    private var count = 0

    init(capacity: Int) {
        self.capacity = max(16, capacity)
        memory = .allocate(byteCount: self.capacity, alignment: 8)
    }

    deinit {
        memory.deallocate()
    }

    /// A copy of what was written.
    var bytes: [UInt8] { Array(UnsafeRawBufferPointer(start: memory, count: count)) }

    /// Makes room for that many bytes at least.
    @inline(__always)
    mutating func makeRoom(for size: Int) {
        if capacity - count < size { grow(by: size) }
    }

    @inline(never)
    private mutating func grow(by size: Int) {
        capacity = max(capacity * 2, count + size)
        let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 8)
        larger.copyMemory(from: memory, byteCount: count)
        memory.deallocate()
        memory = larger
    }
}

/// Putting down what there is room for.
extension TextBuffer {
    @inline(__always)
    mutating func put(_ byte: UInt8) {
        memory.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
        count += 1
    }

    @inline(__always)
    mutating func put(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress else { return }
        (memory + count).copyMemory(from: start, byteCount: bytes.count)
        count += bytes.count
    }

    @inline(__always)
    mutating func put(_ text: StaticString) {
        put(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// An integer in decimal, at most 20 bytes.
    mutating func put(_ value: Int64) {
        if value < 0 { put(UInt8(ascii: "-")) }
        var length = 1
        var rest = value.magnitude
        while rest >= 10 {
            rest /= 10
            length += 1
        }
        rest = value.magnitude
        for place in stride(from: count + length - 1, through: count, by: -1) {
            let digit = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            memory.storeBytes(of: digit, toByteOffset: place, as: UInt8.self)
            rest /= 10
        }
        count += length
    }

    /// What `write` puts down; it gives how many bytes that was.
    mutating func put(_ write: (UnsafeMutableBufferPointer<UInt8>) -> Int) {
        let rest = UnsafeMutableRawBufferPointer(start: memory + count, count: capacity - count)
        count += rest.withMemoryRebound(to: UInt8.self, write)
    }
}

/// Texts of any length.
extension TextBuffer {
    mutating func append(_ byte: UInt8) {
        makeRoom(for: 1)
        put(byte)
    }

    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        makeRoom(for: bytes.count)
        put(bytes)
    }

    /// The bytes as a JSON string: in quotes, with escapes where they must be.
    mutating func appendQuoted(_ text: UnsafeRawBufferPointer) {
        // An escape takes six bytes at most.
        makeRoom(for: text.count * 6 + 2)
        put(UInt8(ascii: "\""))
        if isPlain(text) {
            put(text)
        } else {
            for byte in text { putEscaped(byte) }
        }
        put(UInt8(ascii: "\""))
    }

    private func isPlain(_ text: UnsafeRawBufferPointer) -> Bool {
        // The last eight once more, instead of the rest one by one.
        var position = plainCharacters(in: text, from: 0)
        if text.count >= 8, position >= text.count - 8, plainCharacters(in: text, from: text.count - 8) == 8 {
            return true
        }
        while position < text.count {
            let byte = text[position]
            guard byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") else { return false }
            position += 1
        }
        return true
    }

    private mutating func putEscaped(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): put("\\\"")
        case UInt8(ascii: "\\"): put("\\\\")
        case 0x0A: put("\\n")
        case 0x0D: put("\\r")
        case 0x09: put("\\t")
        case 0..<0x20:
            let digit = byte & 0xF
            put("\\u00")
            put(UInt8(ascii: "0") + byte >> 4)
            put(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        default: put(byte)
        }
    }
}
