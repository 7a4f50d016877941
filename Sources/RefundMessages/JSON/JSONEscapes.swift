/// The characters of a string's text; the parser has checked every escape.
func unescaped(_ raw: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(raw.count)
    var position = 0
    while position < raw.count {
        guard raw[position] == UInt8(ascii: "\\"), position + 1 < raw.count else {
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
private func escapedScalar(_ raw: Slice<UnsafeBufferPointer<UInt8>>) -> (Unicode.Scalar, Int) {
    func unit(at offset: Int) -> UInt32 {
        guard raw.count >= offset + 4 else { return 0xFFFD }
        let start = raw.startIndex + offset
        return hexadecimal(raw[start..<start + 4]) ?? 0xFFFD
    }
    let first = unit(at: 0)
    guard first & 0xFC00 == 0xD800 else { return (Unicode.Scalar(first) ?? "\u{FFFD}", 4) }
    let pair = 0x1_0000 + (first & 0x3FF) << 10 + (unit(at: 6) & 0x3FF)
    return (Unicode.Scalar(pair) ?? "\u{FFFD}", 10)
}

/// The value of hexadecimal digits, or `nil` if there are others.
func hexadecimal(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> UInt32? {
    var value: UInt32 = 0
    for byte in bytes {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt32(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | UInt32(byte - UInt8(ascii: "A") + 10)
        default: return nil
        }
    }
    return value
}
