/// Whether two texts are the same byte for byte. Swift's `==` also takes canonically equivalent texts for the same; a
/// database and the systems behind do not.
func haveSameBytes(_ left: String, _ right: String) -> Bool {
    left.utf8.count == right.utf8.count && left.utf8.elementsEqual(right.utf8)
}

/// The same for texts that may be absent; absent is not empty.
func haveSameBytes(_ left: String?, _ right: String?) -> Bool {
    switch (left, right) {
    case (nil, nil): true
    case (let left?, let right?): haveSameBytes(left, right)
    default: false
    }
}

/// Feeds a text's bytes, and their count so that neighbours cannot run together.
func hashBytes(of text: String, into hasher: inout Hasher) {
    hasher.combine(text.utf8.count)
    for byte in text.utf8 { hasher.combine(byte) }
}

/// Whether a text holds nothing but white space (Unicode's `White_Space`), or nothing at all.
func isBlank(_ text: String) -> Bool {
    // Nearly every text starts with a visible ASCII character, which settles it without looking at Unicode's tables.
    if let first = text.utf8.first, first > 0x20, first < 0x7F { return false }
    return text.unicodeScalars.allSatisfy(\.properties.isWhitespace)
}
