/// The value of a run of ASCII digits, or `nil` when it is empty, holds anything else, or is longer than 18 digits.
func decimalNumber(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
    guard (1...18).contains(bytes.count) else { return nil }
    var value = 0
    for byte in bytes {
        guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
        value = value * 10 + Int(byte - UInt8(ascii: "0"))
    }
    return value
}

/// Writes text of digits and marks into memory that a string takes over: every message has a handful of times.
struct DigitWriter {
    private let bytes: UnsafeMutableBufferPointer<UInt8>
    private(set) var count = 0

    init(_ bytes: UnsafeMutableBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    mutating func mark(_ mark: Unicode.Scalar) {
        bytes[count] = UInt8(truncatingIfNeeded: mark.value)
        count += 1
    }

    mutating func text(_ text: String) {
        for byte in text.utf8 {
            bytes[count] = byte
            count += 1
        }
    }

    /// A number that is not negative, without leading zeros.
    mutating func integer(_ value: Int64) {
        var width = 1
        var rest = value
        while rest >= 10 {
            rest /= 10
            width += 1
        }
        digits(Int(value), width: width)
    }

    /// The last `width` digits of a number that is not negative.
    mutating func digits(_ value: Int, width: Int) {
        var rest = value
        for place in stride(from: count + width - 1, through: count, by: -1) {
            bytes[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        count += width
    }
}

/// `value` in decimal with leading zeros up to `width` digits; a minus sign goes before them.
func padded(_ value: Int, to width: Int) -> String {
    let digits = String(value.magnitude)
    let zeros = String(repeating: "0", count: max(0, width - digits.utf8.count))
    return (value < 0 ? "-" : "") + zeros + digits
}
