/// How many of the characters from `start` on are ASCII and stand for themselves in a JSON string: neither control
/// characters nor quotes nor backslashes. May stop up to seven characters early, at the end of the text.
///
/// Looks at eight at a time: most of what is read and written is such text.
func plainCharacters(in text: UnsafeRawBufferPointer, from start: Int) -> Int {
    let ones: UInt64 = 0x0101_0101_0101_0101
    var position = start
    while text.count - position >= 8 {
        let word = UInt64(littleEndian: text.loadUnaligned(fromByteOffset: position, as: UInt64.self))
        // In `special` the highest bit of a byte is set where the character is none of these. A subtraction borrows from the
        // bytes above only where it has set that bit, so that the lowest one set is right.
        let quotes = word ^ (ones &* UInt64(UInt8(ascii: "\"")))
        let backslashes = word ^ (ones &* UInt64(UInt8(ascii: "\\")))
        let special = (word &- ones &* 0x20) | (quotes &- ones) | (backslashes &- ones) | word
        let first = (special & (ones &* 0x80)).trailingZeroBitCount
        guard first == 64 else { return position + first / 8 - start }
        position += 8
    }
    return position - start
}
