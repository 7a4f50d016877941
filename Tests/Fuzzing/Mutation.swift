/// Makes bad inputs of good ones.
enum Mutation {
    private static let telling = Array("\"\\{}[]:,.-+eE0919tfnu \n\t\u{0}\u{7F}é/#&*|>!%'".utf8)
    /// Whole pieces that have broken readers before.
    private static let pieces: [[UInt8]] =
        [
            "null", "true", "-0", "1e400", "1e-400", "0.1", "9223372036854775808", "-9223372036854775809",
            "340282366920938463463374607431768211456", "\"\"", "\" \"", "\"\\u0000\"", "\"\\ud800\"",
            "\"\\uD834\\uDD1E\"",
            "[]", "{}", "\"0000-00-00\"", "\"9999-12-31\"", "\"2022-02-30T24:00:60Z\"", "\"2022-12-31T23:59:60+14:00\"",
            "\"0.001\"", "\"-1.00\"", "\"1,00\"", "\"١٢\"", "&a [*a]", "!!binary x", "<<: {a: b}", "- - - -", "? x",
            "%YAML 9",
            "\u{FEFF}", "\r\n", "\u{85}", "e\u{301}", "\u{202E}",
        ].map { Array($0.utf8) } + [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80]]

    static func mutated(_ seed: [UInt8], others: [[UInt8]], _ random: inout FuzzRandom) -> [UInt8] {
        var bytes = seed
        for _ in 0..<Int.random(in: 0...5, using: &random) { step(&bytes, others, &random) }
        return bytes
    }

    private static func step(_ bytes: inout [UInt8], _ others: [[UInt8]], _ random: inout FuzzRandom) {
        guard !bytes.isEmpty else {
            bytes += random.pick(pieces)
            return
        }
        let place = Int.random(in: 0..<bytes.count, using: &random)
        let end = min(bytes.count, place + Int.random(in: 1...16, using: &random))
        switch Int.random(in: 0..<11, using: &random) {
        case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1: bytes[place] = random.pick(telling)
        case 2: bytes.insert(random.pick(telling), at: place)
        case 3: bytes.remove(at: place)
        case 4: bytes.removeSubrange(place..<end)
        case 5: bytes.insert(contentsOf: bytes[place..<end], at: place)
        case 6: bytes.replaceSubrange(value(in: bytes, at: place), with: random.pick(pieces))
        case 7: bytes.insert(contentsOf: random.pick(pieces), at: place)
        case 8:
            let other = random.pick(others)
            let start = Int.random(in: 0..<other.count, using: &random)
            bytes.replaceSubrange(place..<end, with: other[start..<min(other.count, start + 40)])
        case 9: bytes.insert(contentsOf: nest(&random), at: place)
        default: bytes.removeSubrange(place...)
        }
    }

    /// From behind the last colon to the next comma or end of something, where that can be found.
    private static func value(in bytes: [UInt8], at place: Int) -> Range<Int> {
        let start = bytes[..<place].lastIndex { $0 == UInt8(ascii: ":") }.map { $0 + 1 } ?? place
        let end = bytes[place...].firstIndex { [UInt8(ascii: ","), UInt8(ascii: "}"), 10].contains($0) } ?? bytes.count
        return start..<max(start, end)
    }

    private static func nest(_ random: inout FuzzRandom) -> [UInt8] {
        let open = random.pick([UInt8(ascii: "["), UInt8(ascii: "{")])
        return Array(repeating: open, count: random.pick([1, 8, 100, 5_000]))
    }
}
