import RefundMessages
import RefundPolicy
import RefundService
import Testing

@Suite("Dividing bytes into messages")
struct MessageStreamTests {
    /// What a text is divided into, when it comes in pieces of that size: `line: message`, or `line! code`.
    private func divide(_ text: [UInt8], pieces: Int) -> [String] {
        var stream = MessageStream()
        var found: [String] = []
        func drain() {
            while let item = stream.next() {
                switch item {
                case .message(let body, let line): found.append("\(line): \(String(decoding: body, as: UTF8.self))")
                case .unreadable(let reason, let line): found.append("\(line)! \(reason.code)")
                }
            }
        }
        for start in stride(from: 0, to: text.count, by: pieces) {
            stream.append(text[start..<min(start + pieces, text.count)])
            drain()
        }
        stream.finish()
        drain()
        return found
    }

    @Test(
        "lines, objects and arrays, however the bytes come",
        arguments: [
            ("", []),
            (" \n\n", []),
            ("{\"a\":1}", ["1: {\"a\":1}"]),
            ("{\"a\":1}\n{\"b\":2}\r\n", ["1: {\"a\":1}", "2: {\"b\":2}"]),
            ("\n\n{\"a\":1}\n\n {\"b\":2} \n", ["3: {\"a\":1}", "5: {\"b\":2}"]),
            ("\u{FEFF}{\"a\":1}\n", ["1: {\"a\":1}"]),
            ("{\"a\":1}\n[2]\nno\n{\"b\":2}", ["1: {\"a\":1}", "2: [2]", "3: no", "4: {\"b\":2}"]),
            ("no\n{\"b\":2}", ["1: no", "2: {\"b\":2}"]),
            ("{\n \"a\": 1\n}\n", ["1: {\n \"a\": 1\n}"]),
            ("[{\"a\":1},{\"b\":[2]}]", ["1: {\"a\":1}", "1: {\"b\":[2]}"]),
            ("[\n {\"a\":1},\n\n {\"b\":\n2}, \"x\"]\n", ["2: {\"a\":1}", "4: {\"b\":\n2}", "5: \"x\""]),
            ("[]", []),
            ("[\n{},\n}\n]", ["3! not_json"]),
            ("{\n\"a\": nope\n}\n", ["2! not_json"]),
            ("[1", ["1! not_json"]),
        ] as [(String, [String])])
    func divides(text: String, expected: [String]) {
        for pieces in [1, 2, 3, 7, 1_000] {
            #expect(divide(Array(text.utf8), pieces: pieces) == expected, "pieces of \(pieces)")
        }
    }

    @Test("a line over the limit is told, and the next one is read")
    func longLine() {
        let long = [UInt8](repeating: UInt8(ascii: "x"), count: MessageStream.lineLimit + 1)
        let text = Array("{}\n".utf8) + long + Array("\n{\"b\":2}\n".utf8)
        for pieces in [65_536, text.count] {
            #expect(divide(text, pieces: pieces) == ["1: {}", "2! too_large", "3: {\"b\":2}"])
        }
    }

    @Test("a first line over the limit does not stop the rest")
    func longFirstLine() {
        let long = Array("{\"a\":\"".utf8) + [UInt8](repeating: UInt8(ascii: "x"), count: MessageStream.lineLimit)
        #expect(divide(long + Array("\"}\n{}\n".utf8), pieces: 65_536) == ["1! too_large", "2: {}"])
    }

    @Test("an array over 64 MiB is told once, and its bytes are not kept")
    func longDocument() {
        var stream = MessageStream()
        stream.append(Array("[\n".utf8))
        let piece = [UInt8](repeating: UInt8(ascii: " "), count: 1 << 20)
        var told: [MessageStream.Item] = []
        for _ in 0..<70 {
            stream.append(piece)
            while let item = stream.next() { told.append(item) }
        }
        stream.finish()
        while let item = stream.next() { told.append(item) }
        #expect(told.count == 1)
    }
}

@Suite("What a message says about itself")
struct MessageOutlineTests {
    @Test(
        "its members tell its kind, and a withdrawal is never guessed",
        arguments: [
            (#"{"request_id":"a","kind":"return"}"#, InboundType.requested, "a"),
            (#"{"request_id":"a","submitted_at":"2022-02-22T09:30:00Z"}"#, .requested, "a"),
            (#"{"request_id":"a","verdict":"close"}"#, .reviewed, "a"),
            (#"{"command_id":"a/payout"}"#, .succeeded, "a"),
            (#"{"command_id":"a/payout","retryable":false}"#, .failed, "a"),
            (#"{"command_id":"a/payout","code":"x"}"#, .failed, "a"),
            (#"{"command_id":7}"#, .succeeded, nil),
            (#"{"request_id":"not an id"}"#, .requested, nil),
            ("{}", .requested, nil),
        ] as [(String, InboundType, String?)])
    func kinds(body: String, type: InboundType, requestID: String?) throws {
        let outline = try MessageOutline(Array(body.utf8))
        #expect(outline.likelyType == type)
        #expect(outline.requestID?.text == requestID)
    }

    @Test("what is no object is refused", arguments: ["", "[]", "1", "{", #"{"a":1,"a":2}"#])
    func refuses(body: String) {
        #expect(throws: DeadLetterReason.self) { try MessageOutline(Array(body.utf8)) }
    }
}
