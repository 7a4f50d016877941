/// How much of something there is: a whole number of 64 bits, or a decimal of up to six places (contract § 3, `usage`).
public struct Quantity: Hashable, Sendable {
    /// The quantity × 1,000,000, exactly.
    public let millionths: Int128

    /// A whole number.
    public init(_ whole: Int64) {
        millionths = Int128(whole) * Quantity.scale
    }

    /// `nil` for what the contract does not allow: a whole number beyond 64 bits, or a decimal whose millionths are.
    public init?(millionths: Int128) {
        let isWhole = millionths % Quantity.scale == 0
        guard Int64(exactly: isWhole ? millionths / Quantity.scale : millionths) != nil else { return nil }
        self.millionths = millionths
    }

    /// The whole number that it is, if it is one.
    public var whole: Int64? {
        millionths % Quantity.scale == 0 ? Int64(exactly: millionths / Quantity.scale) : nil
    }

    public static let zero = Quantity(0)

    fileprivate static let scale: Int128 = 1_000_000

    /// Two quantities as whole numbers of the largest unit that counts both: 12.5 and 100 are 125 and 1,000.
    static func inOneUnit(_ left: Quantity, _ right: Quantity) -> (left: Int128, right: Int128) {
        var unit = scale
        while unit > 1, left.millionths % unit != 0 || right.millionths % unit != 0 { unit /= 10 }
        return (left.millionths / unit, right.millionths / unit)
    }
}

extension Quantity: ExpressibleByIntegerLiteral {
    public init(integerLiteral value: Int64) {
        self.init(value)
    }
}

extension Quantity: Comparable {
    public static func < (left: Quantity, right: Quantity) -> Bool { left.millionths < right.millionths }
}

extension Quantity: CustomStringConvertible {
    /// A decimal without needless zeros: `7000`, `12.5`, `-0.000001`.
    public var description: String {
        if let whole { return String(whole) }
        let (units, rest) = millionths.magnitude.quotientAndRemainder(dividingBy: Quantity.scale.magnitude)
        var decimals = padded(Int(rest), to: 6)
        while decimals.last == "0" { decimals.removeLast() }
        return "\(millionths < 0 ? "-" : "")\(units).\(decimals)"
    }
}
