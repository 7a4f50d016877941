/// How texts that people spell in many ways are compared (contract § 3, "Texts" and "The line").
package enum Spelling {
    /// The text without white space and invisible characters at both ends; the same text where there are none.
    package static func trimmed(_ text: String) -> String {
        // Nearly every text starts and ends with a visible ASCII character.
        if let first = text.utf8.first, let last = text.utf8.last, isPlain(first), isPlain(last) { return text }
        let scalars = text.unicodeScalars
        guard let first = scalars.firstIndex(where: { !isUnseen($0) }),
            let last = scalars.lastIndex(where: { !isUnseen($0) })
        else { return "" }
        return String(scalars[first...last])
    }

    /// Whether nothing is left of a text once it is trimmed.
    package static func isBlank(_ text: String) -> Bool {
        if let first = text.utf8.first, isPlain(first) { return false }
        return text.unicodeScalars.allSatisfy(isUnseen)
    }

    /// One text for all spellings of an identifier: compatibility forms made plain, invisible characters removed, trimmed,
    /// without regard to case, and taken apart (NFKD of the case folding, which is the same for two texts exactly where
    /// NFKC of it is). Beyond what the contract asks for, all dashes are one and any run of white space is one blank: at
    /// worst a person looks at two lines once too often.
    ///
    /// By a table of our own (`SpellingTable`), since stores keep what comes out of it.
    package static func folded(_ text: String) -> String {
        // Nearly every identifier is one of visible ASCII characters, and most are their own folding.
        switch form(of: text) {
        case .folded: return text
        case .plain: return text.lowercased()
        case .other: break
        }
        var scalars: [Unicode.Scalar] = []
        scalars.reserveCapacity(text.utf8.count)
        let table = SpellingRules.standard
        for scalar in text.unicodeScalars { table.append(scalar, to: &scalars) }
        table.order(&scalars)
        return String(String.UnicodeScalarView(withSingleBlanks(scalars)))
    }

    /// Whether a folded text begins with another: `e` does not begin what begins with `é`, although both are taken apart.
    static func isPrefix(_ prefix: String, of text: String) -> Bool {
        guard text.utf8.starts(with: prefix.utf8) else { return false }
        guard let next = text.unicodeScalars.dropFirst(prefix.unicodeScalars.count).first else { return true }
        return prefix.isEmpty || SpellingRules.standard.combiningClass(next) == 0
    }

    private static func withSingleBlanks(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var kept: [Unicode.Scalar] = []
        kept.reserveCapacity(scalars.count)
        for scalar in scalars where scalar != " " || (kept.last ?? " ") != " " { kept.append(scalar) }
        if kept.last == " " { kept.removeLast() }
        return kept
    }

    private enum Form { case folded, plain, other }

    private static func form(of text: String) -> Form {
        withBytes(of: text) { bytes in
            var form = Form.folded
            for byte in bytes {
                guard isPlain(byte) else { return .other }
                if isCapital(byte) { form = .plain }
            }
            return form
        }
    }

    private static func isPlain(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x7F }
    private static func isCapital(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") }

    private static func isUnseen(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 0x80 { return scalar.value <= 0x20 || scalar.value == 0x7F }
        let replacement = SpellingRules.standard.replacement(of: scalar)
        return replacement.map { $0.isEmpty || $0 == [" "] } ?? false
    }
}
