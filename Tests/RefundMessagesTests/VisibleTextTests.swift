import Foundation
import RefundMessages
import Testing

@Suite("Text of strangers is safe to look at")
struct VisibleTextTests {
    /// What a terminal acts on, or a reader does not see.
    static let hidden: [Unicode.Scalar] =
        [0x20..<0x21, 0x7F..<0xA0, 0x00..<0x20].flatMap { $0 }.filter { $0 != 0x20 }.compactMap(Unicode.Scalar.init)
        + [
            0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x180B, 0x180E, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2028,
            0x2029, 0x202A, 0x202B, 0x202C, 0x202D, 0x202E, 0x2060, 0x2061, 0x2064, 0x2066, 0x2067, 0x2068, 0x2069,
            0x206F, 0x2800, 0x3164, 0xE000, 0xFE00, 0xFE0F, 0xFEFF, 0xFFA0, 0xFFF9, 0xFFFB, 0x1D173, 0xE0001, 0xE0041,
            0xE0100, 0xE01EF, 0xF0000, 0x10FFFD,
        ].compactMap { Unicode.Scalar(UInt32($0)) }

    @Test("whatever can't be seen becomes a dot in a line, and a line ends where we end it")
    func lines() {
        for scalar in VisibleTextTests.hidden {
            let text = "a" + String(scalar) + "b"
            #expect(VisibleText.line(text) == "a·b", "U+\(String(scalar.value, radix: 16))")
            let isMeant = scalar == "\n" || scalar == "\t"
            #expect(VisibleText.lines(text) == (isMeant ? text : "a·b"))
        }
    }

    @Test("what a reader sees stays: letters of every script, accents, marks of money, narrow spaces")
    func visible() {
        for text in ["Zoë Ångström", "e\u{301}", "日本語", "שלום", "مرحبا", "10 000,00 €", "1\u{202F}000", "–·…", "👍", ""]
        {
            #expect(VisibleText.line(text) == text)
            #expect(VisibleText.json(text) == text)
        }
    }

    @Test("JSON says the same, by escapes, on one line")
    func json() throws {
        for scalar in VisibleTextTests.hidden where scalar.value >= 0x20 {
            let original = #"{"a": "x\#(String(scalar))y"}"#
            let shown = VisibleText.json(original)
            #expect(shown.unicodeScalars.allSatisfy { !VisibleText.isHidden($0) })
            let decoder = JSONDecoder()
            let said = try decoder.decode([String: String].self, from: Data(shown.utf8))["a"]
            #expect(said.map { Array($0.unicodeScalars) } == ["x", scalar, "y"])
        }
        #expect(VisibleText.json("{\n\t\"a\": 1\r\n}") == #"{  "a": 1  }"#)
    }

    @Test(
        "no value of a pair passes for another pair, or for another line",
        arguments: [
            ("plain-1.2", "plain-1.2"), ("", #""""#), ("a b", #""a b""#), ("a=b", #""a=b""#),
            ("x\n2022-02-22T09:30:00Z notice  lane 1: paid", #""x\n2022-02-22T09:30:00Z notice  lane 1: paid""#),
            ("a\" level=\"info", #""a\" level=\"info""#), ("back\\slash", #""back\\slash""#),
            ("\u{202E}x\u{85}", #""\u202ex\u0085""#), ("\u{E0041}", #""\udb40\udc41""#),
        ])
    func fields(_ text: String, _ shown: String) {
        #expect(VisibleText.field(text) == shown)
    }
}
