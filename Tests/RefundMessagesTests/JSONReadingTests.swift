import Testing

@testable import RefundMessages

/// JSON as RFC 8259 has it, and nothing else.
struct JSONReadingTests {
    @Test(
        "texts that are JSON",
        arguments: [
            "{}", "[]", "0", "-0", "1.0", "1e400", "-1.5E-7", "\"\"", "true", "false", "null", " \t\r\n{ } \n",
            "[1,2 , 3]", #"{"a":{"b":[{}]}}"#, #""\"\\\/\b\f\n\r\t\u00e9\uD834\uDD1E""#,
            "\"\u{7F}\u{80}é€𝄞\u{10FFFF}\"",
            #"{"":1}"#, String(repeating: "[", count: 32) + String(repeating: "]", count: 32),
        ])
    func accepts(_ text: String) {
        #expect(throws: Never.self) { try JSONDocument(Array(text.utf8)) }
    }

    @Test(
        "texts that are not JSON",
        arguments: [
            "", " ", "{", "}", "[", "[1", "[1,", "[1,]", "[,1]", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,}", "{a:1}",
            "{1:1}", "{\"a\" 1}", "{'a':1}", "{} {}", "1 2", "{}x", "nul", "nulL", "True", "NaN", "Infinity", "-", "+1",
            "01", "-01", "00", "1.", ".5", "1.e5", "1e", "1e+", "0x10", "1_000", "\"", "\"a", "\"\\", "\"\\\"",
            #""\x""#, #""\u12""#, #""\u12G4""#, #""\u+123""#, #""\uD834""#, #""\uD834x""#, #""\uD834\n""#,
            #""\uD834\uD834""#, #""\uDD1E""#, #""\uDD1E\uD834""#, "\"\n\"", "\"\t\"", "\"\u{0}\"", "\u{FEFF}{}",
            "/**/{}", "{}//", "\u{A0}{}", "\u{0C}{}",
            String(repeating: "[", count: 33) + String(repeating: "]", count: 33),
        ])
    func refuses(_ text: String) {
        #expect(throws: JSONError.self) { try JSONDocument(Array(text.utf8)) }
    }

    @Test(
        "bytes that are not UTF-8",
        arguments: [
            [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC2], [0xC2, 0x41], [0xE0, 0x9F, 0xBF], [0xE2, 0x82],
            [0xE2, 0x28, 0xA1], [0xE2, 0x82, 0x28], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF0, 0x8F, 0xBF, 0xBF],
            [0xF0, 0x9D, 0x84], [0xF0, 0x9D, 0x28, 0x9E], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80],
            [0xFE], [0xFF],
        ] as [[UInt8]])
    func refusesBytes(_ bytes: [UInt8]) {
        for text in [[0x22] + bytes + [0x22], [0x22] + bytes, bytes, Array("{\"a\":1} ".utf8) + bytes] {
            #expect(throws: JSONError.self) { try JSONDocument(text) }
        }
    }

    @Test("an error says where the text stops being JSON")
    func saysWhere() {
        let error = #expect(throws: JSONError.self) { try JSONDocument(Array(#"{"a": 1, "b": x}"#.utf8)) }
        #expect(error?.offset == 14)
    }

    @Test(
        "numbers that are integers of 64 bits, however they are spelled",
        arguments: [
            ("0", 0), ("-0", 0), ("0.0", 0), ("0e999999999999999999999", 0), ("1.0", 1), ("7e3", 7_000),
            ("7E+3", 7_000), ("70000e-1", 7_000), ("0.0007e7", 7_000), ("7.000", 7), ("-7.50e1", -75),
            ("1000000000000000000", 1_000_000_000_000_000_000), ("1e18", 1_000_000_000_000_000_000),
            ("9223372036854775807", .max), ("-9223372036854775808", .min), ("92233720368547758070e-1", .max),
            ("1e000000000000000000000000003", 1_000),
        ] as [(String, Int64)])
    func readsIntegers(_ text: String, _ expected: Int64) throws {
        #expect(try JSONDocument(Array(text.utf8)).root.integer == expected)
    }

    @Test(
        "numbers that are not",
        arguments: [
            "0.5", "1.5", "1e-1", "75e-1", "9223372036854775808", "-9223372036854775809", "1e19", "1e400", "-1e400",
            "99999999999999999999", "1e99999999999999999999", "1e-99999999999999999999", "123e9223372036854775807",
            "1e-9223372036854775808", "\"1\"", "true", "null", "[]",
        ])
    func refusesIntegers(_ text: String) throws {
        #expect(try JSONDocument(Array(text.utf8)).root.integer == nil)
    }

    @Test(
        "strings are unescaped",
        arguments: [
            (#""a\/b""#, "a/b"), (#""\u0041\u00e9\u20AC\uD834\uDD1E""#, "Aé€𝄞"),
            (#""\b\f\n\r\t\"\\""#, "\u{8}\u{C}\n\r\t\"\\"),
            (#""\u0000""#, "\0"), (#""\uFFFF\uDBFF\uDFFF""#, "\u{FFFF}\u{10FFFF}"), (#""""#, ""),
        ])
    func unescapes(_ text: String, _ expected: String) throws {
        let value = try JSONDocument(Array(text.utf8)).root
        #expect(value.string.map { Array($0.utf8) } == Array(expected.utf8))
        #expect(value.characters == Array(expected.utf8))
    }

    @Test("members and elements come in their order, whatever stands in them")
    func walks() throws {
        let root = try JSONDocument(Array(#"{"a": [1, [2, 3], {"x": 4}], "b": {"c": {}}, "d": 5}"#.utf8)).root
        #expect(root.members.map { $0.name.string } == ["a", "b", "d"])
        #expect(root.members.map { $0.value.text } == [#"[1, [2, 3], {"x": 4}]"#, #"{"c": {}}"#, "5"])
        let first = try #require(root.members.map { $0.value }.first)
        #expect(first.elements.map(\.text) == ["1", "[2, 3]", #"{"x": 4}"#])
    }

    @Test(
        "values that say the same have one canonical form",
        arguments: [
            (#"{"b":1,"a":2}"#, #" { "a" : 2.0 , "b" : 10e-1 } "#), (#""\u0061\/""#, #""a/""#), ("1.50", "15e-1"),
            ("-0", "0"), ("1e400", "10e399"), ("100000000000000000000", "1e20"), (#"[1, "é"]"#, #"[1.0,"\u00E9"]"#),
        ])
    func isCanonical(_ left: String, _ right: String) throws {
        let (first, second) = (try JSONDocument(Array(left.utf8)).root, try JSONDocument(Array(right.utf8)).root)
        #expect(first.canonical == second.canonical)
        let again = try JSONDocument(Array(first.canonical.utf8)).root
        #expect(again.canonical == first.canonical)
    }

    @Test(
        "values that do not have different ones",
        arguments: [
            ("1", "\"1\""), ("1.5", "1.50001"), ("1e400", "1e401"), ("-1", "1"), ("[1,2]", "[2,1]"), ("{}", "[]"),
            (#"{"a":null}"#, "{}"), ("true", "false"), ("0.1", "0.01"), ("1e-1", "1"),
        ])
    func isNotCanonical(_ left: String, _ right: String) throws {
        let (first, second) = (try JSONDocument(Array(left.utf8)).root, try JSONDocument(Array(right.utf8)).root)
        #expect(first.canonical != second.canonical)
    }

    @Test("what is written is read again, whatever the characters")
    func writes() throws {
        let text = String(String.UnicodeScalarView((0..<0x300).compactMap(Unicode.Scalar.init))) + "\u{2028}𝄞"
        var writer = JSONWriter()
        writer.beginArray()
        writer.string(text)
        writer.string("plain")
        writer.endArray()
        let root = try JSONDocument(writer.bytes).root
        #expect(root.elements.map(\.characters) == [Array(text.utf8), Array("plain".utf8)])
    }
}
