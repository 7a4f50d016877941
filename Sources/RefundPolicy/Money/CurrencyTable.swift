/// The currencies of ISO 4217 that have minor units (list one, published 1 January 2026; the funds codes among them
/// included). Codes whose minor unit is "N.A.", such as XAU, XDR or XXX, cannot be paid and are left out.
enum CurrencyTable {
    /// The code's letters in one integer, or `nil` when it is not three capital ASCII letters.
    static func pack(_ code: some Sequence<UInt8>) -> UInt32? {
        var packed: UInt32 = 0
        var count = 0
        for byte in code {
            guard count < 3, byte >= UInt8(ascii: "A"), byte <= UInt8(ascii: "Z") else { return nil }
            packed = packed << 8 | UInt32(byte)
            count += 1
        }
        return count == 3 ? packed : nil
    }

    /// How many decimals a currency has, or `nil` where the code is none. Takes a code packed by `pack`.
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

    /// A packed code in the upper 24 bits and its decimals in the lower 8, in ascending order.
    private static let entries: [UInt32] = {
        var entries: [UInt32] = []
        for (decimals, codes) in codesByDecimals {
            for code in codes.split(separator: " ") {
                if let packed = pack(code.utf8) { entries.append(packed << 8 | decimals) }
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
