internal import Glibc

/// Whether two texts are the same byte for byte. Swift's `==` also takes canonically equivalent texts for the same; a
/// database and the systems behind do not.
func haveSameBytes(_ left: String, _ right: String) -> Bool {
    withBytes(of: left) { left in
        withBytes(of: right) { right in
            guard left.count == right.count else { return false }
            guard let one = left.baseAddress, let other = right.baseAddress else { return true }
            return memcmp(one, other, left.count) == 0
        }
    }
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
    withBytes(of: text) { bytes in
        hasher.combine(bytes.count)
        hasher.combine(bytes: UnsafeRawBufferPointer(bytes))
    }
}

/// Whether a text holds nothing but white space (Unicode's `White_Space`), or nothing at all: what version 1 of the
/// contract took for blank.
func isWhiteSpace(_ text: String) -> Bool {
    // Nearly every text starts with a visible ASCII character, which settles it without looking at Unicode's tables.
    if let first = text.utf8.first, first > 0x20, first < 0x7F { return false }
    return text.unicodeScalars.allSatisfy(\.properties.isWhitespace)
}

/// Gives `body` a text's bytes in place.
@inlinable
package func withBytes<Result>(of text: String, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    text.utf8.withContiguousStorageIfAvailable(body) ?? Array(text.utf8).withUnsafeBufferPointer(body)
}

/// The parts one after the other, in one piece of memory: every message has a dozen such texts.
package func joined(_ parts: String...) -> String {
    let count = parts.reduce(0) { $0 + $1.utf8.count }
    return String(unsafeUninitializedCapacity: count) { text in
        var rest = UnsafeMutableRawBufferPointer(text)
        for part in parts {
            withBytes(of: part) { rest.copyBytes(from: $0) }
            rest = UnsafeMutableRawBufferPointer(rebasing: rest[part.utf8.count...])
        }
        return count
    }
}
