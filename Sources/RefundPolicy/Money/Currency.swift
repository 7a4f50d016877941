/// A currency of ISO 4217 that has minor units and so can be paid, or could be: a currency that was withdrawn is known
/// for ever, so that what is stored can be read.
public struct Currency: Hashable, Sendable {
    /// The three letters packed into 24 bits, so that comparing currencies compares integers.
    let packed: UInt32
    /// How many decimals an amount has (ISO 4217, "minor unit"): 0, 2, 3 or 4.
    public let decimals: Int

    /// `nil` for anything but the three capital letters of a currency in `CurrencyTable`.
    public init?(code: some StringProtocol) {
        guard let packed = CurrencyTable.pack(code.utf8), let decimals = CurrencyTable.decimals(packed) else {
            return nil
        }
        self.packed = packed
        self.decimals = decimals
    }

    /// The same for text that is at hand as bytes.
    package init?(utf8 code: UnsafeBufferPointer<UInt8>) {
        guard let packed = CurrencyTable.pack(code), let decimals = CurrencyTable.decimals(packed) else { return nil }
        self.packed = packed
        self.decimals = decimals
    }

    /// The last day on which it was in use; `nil` while it is.
    public var lastDay: CalendarDate? { CurrencyTable.lastDay(packed) }

    /// Whether it was not withdrawn yet on that day.
    public func exists(on day: CalendarDate) -> Bool {
        lastDay.map { day <= $0 } ?? true
    }

    /// The alphabetic code, such as `USD`.
    public var code: String {
        String(decoding: [UInt8(packed >> 16 & 0xFF), UInt8(packed >> 8 & 0xFF), UInt8(packed & 0xFF)], as: UTF8.self)
    }
}

extension Currency: CustomStringConvertible {
    public var description: String { code }
}
