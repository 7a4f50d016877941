/// What a JSON number says, however it is spelled: a sign, digits, and the power of ten of the last of them.
///
/// No digits mean zero; otherwise neither the first nor the last digit is 0, so that equal numbers are equal values.
struct JSONNumber: Hashable, Sendable {
    let isNegative: Bool
    let digits: ArraySlice<UInt8>
    let exponent: Int

    /// - Parameter text: a number that the parser has checked.
    /// - Returns: `nil` where the number isn't zero and its exponent is beyond `exponentRange`.
    init?(_ text: ArraySlice<UInt8>) {
        let mantissa = text.prefix { $0 | 0x20 != UInt8(ascii: "e") }
        var digits: ArraySlice<UInt8> = []
        digits.reserveCapacity(mantissa.count)
        var decimals: Int?
        for byte in mantissa where byte != UInt8(ascii: "-") {
            if byte == UInt8(ascii: ".") {
                decimals = 0
            } else {
                digits.append(byte - UInt8(ascii: "0"))
                decimals = decimals.map { $0 + 1 }
            }
        }
        let places = digits.count
        digits = digits.drop { $0 == 0 }
        while digits.last == 0 { digits.removeLast() }
        self.digits = digits
        guard !digits.isEmpty else {
            isNegative = false
            exponent = 0
            return
        }
        isNegative = text.first == UInt8(ascii: "-")
        let written = text[mantissa.endIndex...].dropFirst()
        guard let shift = written.isEmpty ? 0 : Int(String(decoding: written, as: UTF8.self)),
            JSONNumber.exponentRange.contains(shift)
        else { return nil }
        // Zeros at the end raise the power of the last digit that is left.
        exponent = shift - (decimals ?? 0) + (places - digits.endIndex)
    }

    /// Far beyond any quantity, and far from the ends of `Int`.
    static let exponentRange = -1_000_000_000...1_000_000_000

    /// The number if it has no fraction and fits 64 bits.
    var integer: Int64? {
        guard exponent >= 0, digits.count + exponent <= 19 else { return digits.isEmpty ? 0 : nil }
        var value: Int64 = 0
        for place in 0..<digits.count + exponent {
            let digit = place < digits.count ? Int64(digits[digits.startIndex + place]) : 0
            let (shifted, overflow) = value.multipliedReportingOverflow(by: 10)
            // Counted downwards, since the lowest integer has no positive twin.
            let (next, overflows) = shifted.subtractingReportingOverflow(digit)
            if overflow || overflows { return nil }
            value = next
        }
        if isNegative { return value }
        return value == .min ? nil : -value
    }

    /// The number × 1,000,000 if it has at most six decimals and the product fits 128 bits.
    var millionths: Int128? {
        guard exponent >= -6, digits.count + exponent <= 30 else { return digits.isEmpty ? 0 : nil }
        var value: Int128 = 0
        for place in 0..<digits.count + exponent + 6 {
            value = value * 10 + (place < digits.count ? Int128(digits[digits.startIndex + place]) : 0)
        }
        return isNegative ? -value : value
    }

    /// One spelling for each number: `7000`, `-25e-1`, `1e400`.
    var canonical: String {
        if let integer { return String(integer) }
        return (isNegative ? "-" : "") + String(decoding: digits.map { $0 + UInt8(ascii: "0") }, as: UTF8.self)
            + "e\(exponent)"
    }
}
