internal import Foundation

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

    /// One text for all spellings of an identifier: compatibility forms made plain (NFKC), invisible characters
    /// removed, trimmed, and without regard to case.
    package static func folded(_ text: String) -> String {
        guard text.utf8.contains(where: { !isPlain($0) || isCapital($0) }) else { return text }
        let compatible = text.precomposedStringWithCompatibilityMapping
        let seen = String(String.UnicodeScalarView(compatible.unicodeScalars.lazy.filter { !isInvisible($0) }))
        // Folding may make a letter of another form, which is settled by once more.
        return trimmed(caseFolded(caseFolded(seen).precomposedStringWithCompatibilityMapping))
    }

    /// Upper case first, so that letters with several small forms (σ and ς, ß and ss) meet.
    private static func caseFolded(_ text: String) -> String { text.uppercased().lowercased() }

    private static func isPlain(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x7F }
    private static func isCapital(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") }

    private static func isUnseen(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isWhitespace || isInvisible(scalar)
    }

    /// Formats that are signs of their own (Unicode's `Prepended_Concatenation_Mark`), such as the Arabic number sign.
    private static func isShown(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0600...0x0605, 0x06DD, 0x070F, 0x0890...0x0891, 0x08E2, 0x110BD, 0x110CD: true
        default: false
        }
    }

    /// Characters that show nothing, and are no white space: controls, formats, fillers, and two that Unicode counts
    /// among symbols although they are blank.
    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        // U+0000 is no character of a text, and is never passed over.
        case .control: scalar.value != 0 && !scalar.properties.isWhitespace
        case .format: !isShown(scalar)
        default:
            scalar.properties.isDefaultIgnorableCodePoint || scalar == "\u{2800}" || scalar == "\u{1D159}"
        }
    }
}
