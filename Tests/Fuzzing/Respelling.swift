/// The same JSON object in other words: white space, the order of its members, a member that nobody knows.
enum Respelling {
    /// `nil` where the text is no object that can be taken apart. Only asked of texts that the worker could parse.
    static func of(_ body: [UInt8], _ random: inout FuzzRandom) -> [UInt8]? {
        let text = body.drop { isBlank($0) }
        guard text.first == UInt8(ascii: "{"), let end = text.lastIndex(of: UInt8(ascii: "}")), end > text.startIndex,
            let members = members(of: text[(text.startIndex + 1)..<end])
        else { return nil }
        var shuffled = members.map { Array($0) } + [Array("\"unheard_of\" : [ 1, {\"x\":null} ]".utf8)]
        shuffled.shuffle(using: &random)
        let blanks: [[UInt8]] = [[], [32], [10], [9, 13, 10]]
        var respelled: [UInt8] = random.pick(blanks) + [UInt8(ascii: "{")]
        for (index, member) in shuffled.enumerated() {
            respelled += (index > 0 ? [UInt8(ascii: ",")] : []) + random.pick(blanks) + member + random.pick(blanks)
        }
        return respelled + [UInt8(ascii: "}")] + random.pick(blanks)
    }

    private static func members(of text: ArraySlice<UInt8>) -> [ArraySlice<UInt8>]? {
        guard !text.allSatisfy({ isBlank($0) }) else { return [] }
        var members: [ArraySlice<UInt8>] = []
        var start = text.startIndex
        var depth = 0
        var isText = false
        var isEscaped = false
        for (index, byte) in zip(text.indices, text) {
            if isText {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isText = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isText = true
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: ",") where depth == 0:
                members.append(text[start..<index])
                start = index + 1
            default: break
            }
        }
        guard !isText, depth == 0 else { return nil }
        return members + [text[start...]]
    }

    private static func isBlank(_ byte: UInt8) -> Bool { [9, 10, 13, 32].contains(byte) }
}
