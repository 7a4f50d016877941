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

/// `value` in decimal with leading zeros up to `width` digits; a minus sign goes before them.
func padded(_ value: Int, to width: Int) -> String {
    let digits = String(value.magnitude)
    let zeros = String(repeating: "0", count: max(0, width - digits.utf8.count))
    return (value < 0 ? "-" : "") + zeros + digits
}
