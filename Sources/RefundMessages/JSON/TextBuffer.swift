/// Bytes of a text that grows at its end. Unlike an array it makes room once for a whole piece, and then writes without
/// asking again.
struct TextBuffer {
    private var storage: [UInt8]
    private var count = 0

    init(capacity: Int) {
        storage = [UInt8](repeating: 0, count: max(16, capacity))
    }

    /// What was written.
    var bytes: [UInt8] { Array(storage[..<count]) }

    /// Where the next bytes go; there is room for as many as were asked for.
    struct Place {
        fileprivate let memory: UnsafeMutableRawBufferPointer
        fileprivate var count = 0

        mutating func put(_ byte: UInt8) {
            memory[count] = byte
            count += 1
        }

        mutating func put(_ bytes: UnsafeRawBufferPointer) {
            guard !bytes.isEmpty else { return }
            UnsafeMutableRawBufferPointer(rebasing: memory[count...]).copyMemory(from: bytes)
            count += bytes.count
        }

        /// An integer in decimal.
        mutating func put(_ value: Int64) {
            if value < 0 { put(UInt8(ascii: "-")) }
            var rest = value.magnitude
            var length = 1
            while rest >= 10 {
                rest /= 10
                length += 1
            }
            rest = value.magnitude
            for place in stride(from: count + length - 1, through: count, by: -1) {
                memory[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            }
            count += length
        }

        /// What `write` puts down there; it gives how many bytes that was.
        mutating func put(_ write: (UnsafeMutableBufferPointer<UInt8>) -> Int) {
            let rest = UnsafeMutableRawBufferPointer(rebasing: memory[count...])
            count += rest.withMemoryRebound(to: UInt8.self, write)
        }
    }

    /// Makes room for `size` bytes and lets `write` put down as many as it has.
    @inline(__always)
    mutating func write(atMost size: Int, _ write: (inout Place) -> Void) {
        if storage.count - count < size { grow(by: size) }
        let start = count
        count += storage.withUnsafeMutableBytes { memory in
            var place = Place(memory: UnsafeMutableRawBufferPointer(rebasing: memory[start...]))
            write(&place)
            return place.count
        }
    }

    mutating func append(_ byte: UInt8) {
        write(atMost: 1) { $0.put(byte) }
    }

    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        write(atMost: bytes.count) { $0.put(bytes) }
    }

    mutating func append(_ text: StaticString) {
        append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// The bytes as a JSON string: in quotes, with escapes where they must be.
    mutating func appendQuoted(_ text: UnsafeRawBufferPointer) {
        guard !isPlain(text) else {
            return write(atMost: text.count + 2) { place in
                place.put(UInt8(ascii: "\""))
                place.put(text)
                place.put(UInt8(ascii: "\""))
            }
        }
        append(UInt8(ascii: "\""))
        for byte in text { appendEscaped(byte) }
        append(UInt8(ascii: "\""))
    }

    private func isPlain(_ text: UnsafeRawBufferPointer) -> Bool {
        var position = plainCharacters(in: text, from: 0)
        while position < text.count {
            let byte = text[position]
            guard byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") else { return false }
            position += 1
        }
        return true
    }

    private mutating func appendEscaped(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): append("\\\"")
        case UInt8(ascii: "\\"): append("\\\\")
        case 0x0A: append("\\n")
        case 0x0D: append("\\r")
        case 0x09: append("\\t")
        case 0..<0x20:
            append("\\u00")
            append(UInt8(ascii: "0") + byte >> 4)
            append(byte & 0xF < 10 ? UInt8(ascii: "0") + byte & 0xF : UInt8(ascii: "a") + byte & 0xF - 10)
        default: append(byte)
        }
    }

    private mutating func grow(by size: Int) {
        let capacity = max(storage.count * 2, count + size)
        storage.reserveCapacity(capacity)
        storage.append(contentsOf: repeatElement(0, count: capacity - storage.count))
    }
}
