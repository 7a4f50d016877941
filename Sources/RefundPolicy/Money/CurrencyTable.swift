/// The currencies of ISO 4217 that have minor units (list one, published 1 January 2026; the funds codes among them
/// included), and those withdrawn since 2005, each with its last day. Codes whose minor unit is "N.A.", such as XAU,
/// XDR or XXX, cannot be paid and are left out.
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
    static func decimals(_ packed: UInt32) -> Int? { entry(packed)?.decimals }

    /// The last day of a currency that was withdrawn. Takes a code packed by `pack`.
    static func lastDay(_ packed: UInt32) -> CalendarDate? { entry(packed)?.lastDay }

    private struct Entry {
        let packed: UInt32
        let decimals: Int
        let lastDay: CalendarDate?
    }

    private static func entry(_ packed: UInt32) -> Entry? {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].packed < packed { low = middle + 1 } else { high = middle }
        }
        return low < entries.count && entries[low].packed == packed ? entries[low] : nil
    }

    /// Code, decimals, last day: the day before another took its place, or else the last on which it was legal tender.
    private static let withdrawnCodes = """
        ANG 2 2025-03-30
        AZM 2 2005-12-31
        BGN 2 2025-12-31
        BYR 0 2016-06-30
        CSD 2 2006-10-24
        CUC 2 2021-06-30
        CYP 2 2007-12-31
        EEK 2 2010-12-31
        GHC 2 2007-06-30
        HRK 2 2022-12-31
        LTL 2 2014-12-31
        LVL 2 2013-12-31
        MRO 2 2017-12-31
        MTL 2 2007-12-31
        MZM 2 2006-06-30
        ROL 2 2005-06-30
        SDD 2 2007-06-30
        SIT 2 2006-12-31
        SKK 2 2008-12-31
        SLL 2 2024-03-31
        STD 2 2017-12-31
        TMM 2 2008-12-31
        USS 2 2014-03-27
        VEB 2 2007-12-31
        VEF 2 2018-08-19
        ZMK 2 2012-12-31
        ZWD 2 2006-07-31
        ZWL 2 2024-08-31
        ZWN 2 2008-07-31
        ZWR 2 2009-06-30
        """

    /// In ascending order of their codes.
    private static let entries: [Entry] = {
        let current = codesByDecimals.flatMap { decimals, codes in
            codes.split(separator: " ").compactMap { code in
                pack(code.utf8).map { Entry(packed: $0, decimals: decimals, lastDay: nil) }
            }
        }
        let withdrawn = withdrawnCodes.split(separator: "\n").compactMap { line -> Entry? in
            let parts = line.split(separator: " ")
            guard parts.count == 3, let packed = pack(parts[0].utf8), let decimals = Int(parts[1]),
                let lastDay = CalendarDate(parts[2])
            else { return nil }
            return Entry(packed: packed, decimals: decimals, lastDay: lastDay)
        }
        return (current + withdrawn).sorted { $0.packed < $1.packed }
    }()

    private static let codesByDecimals: [(decimals: Int, codes: String)] = [
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
