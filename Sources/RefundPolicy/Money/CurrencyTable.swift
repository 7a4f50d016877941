/// The currencies of ISO 4217 that have minor units (list one, published 1 January 2026; the funds codes among them
/// included). Codes whose minor unit is "N.A.", such as XAU, XDR or XXX, cannot be paid and are left out.
enum CurrencyTable {
    /// How many decimals a currency has, or `nil` where the code is none. Takes a code packed as `Currency.pack` does.
    static func decimals(_ packed: UInt32) -> Int? {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            let entry = entries[middle]
            if entry >> 8 < packed { low = middle + 1 } else { high = middle }
        }
        guard low < entries.count, entries[low] >> 8 == packed else { return nil }
        return Int(entries[low] & 0xFF)
    }

    /// Every code, in alphabetic order.
    static var codes: [Currency] {
        entries.map { Currency(packed: $0 >> 8, decimals: Int($0 & 0xFF)) }
    }

    /// A packed code in the upper 24 bits and its decimals in the lower 8, in ascending order.
    private static let entries: [UInt32] = {
        var entries: [UInt32] = []
        for (decimals, codes) in codesByDecimals {
            for code in codes.split(separator: " ") {
                if let packed = Currency.pack(code) { entries.append(packed << 8 | decimals) }
            }
        }
        return entries.sorted()
    }()

    private static let codesByDecimals: [(decimals: UInt32, codes: String)] = [
        (
            0,
            """
            BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF
            """
        ),
        (
            2,
            """
            AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF \
            CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL \
            HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU \
            MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR \
            SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED \
            VES WST XAD XCD XCG YER ZAR ZMW ZWG
            """
        ),
        (
            3,
            """
            BHD IQD JOD KWD LYD OMR TND
            """
        ),
        (
            4,
            """
            CLF UYW
            """
        ),
    ]
}
