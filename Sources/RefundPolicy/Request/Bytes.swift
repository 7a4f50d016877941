/// Whether two texts are the same byte for byte. Swift's `==` also takes canonically equivalent texts for the same; a
/// database and the systems behind do not.
func haveSameBytes(_ left: String, _ right: String) -> Bool {
    var (left, right) = (left, right)
    return left.withUTF8 { left in right.withUTF8 { right in left.elementsEqual(right) } }
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
    var text = text
    text.withUTF8 { bytes in
        hasher.combine(bytes.count)
        hasher.combine(bytes: UnsafeRawBufferPointer(bytes))
    }
}

/// Whether a text holds nothing but white space (Unicode's `White_Space`), or nothing at all.
func isBlank(_ text: String) -> Bool {
    // Nearly every text starts with a visible ASCII character, which settles it without looking at Unicode's tables.
    if let first = text.utf8.first, first > 0x20, first < 0x7F { return false }
    return text.unicodeScalars.allSatisfy(\.properties.isWhitespace)
}
