import RefundCase
import RefundMessages
import RefundPolicy
import TestSupport
import Testing

/// A text that only people read is never a reason to refuse a message (contract § 3, "Texts").
struct PeopleTextTests {
    /// Where such texts stand, and what is read of them.
    private static let places: [(type: InboundType, path: String)] = [
        (.withdrawn, "reason"), (.reviewed, "note"), (.reviewed, "reference"), (.reviewed, "reason_text"),
        (.retried, "note"), (.payoutsPaused, "note"), (.payoutsResumed, "note"), (.succeeded, "reference"),
        (.failed, "message"),
    ]

    private func text(_ type: InboundType, _ path: String, _ json: String) throws -> String? {
        let body = DeadLetterTests.body(type).setting(path, json)
        switch try InboundDecoder().decode(body.bytes, as: type, at: DeadLetterTests.now) {
        case .event(.withdrawn(let withdrawal), _): return withdrawal.reason
        case .event(.reviewed(let review), _):
            return path == "note" ? review.note : path == "reference" ? review.reference : review.reasonText
        case .event(.retried(let retry), _): return retry.note
        case .event(.succeeded(let reply), _): return reply.report.reference
        case .event(.failed(let reply), _): return reply.report.message
        case .paused(let pause): return pause.note
        case .resumed(let resumption): return resumption.note
        case .requested, .event(.fellDue, _): return nil
        }
    }

    @Test("over 4,000 characters it is cut", arguments: places)
    func isCut(_ type: InboundType, _ path: String) throws {
        for character in ["a", "é", "\u{1F469}\u{200D}\u{1F467}"] where character.utf8.count < 11 {
            for count in [3_999, 4_000, 4_001, 5_000] {
                let read = try text(type, path, "\"\(String(repeating: character, count: count))\"")
                #expect(read == String(repeating: character, count: min(count, 4_000)), "\(count)")
            }
        }
    }

    @Test("a number is taken as its digits", arguments: places)
    func takesNumbers(_ type: InboundType, _ path: String) throws {
        for digits in ["991234", "0", "-7", "12.50", "18446744073709551616"] {
            #expect(try text(type, path, digits) == digits)
        }
    }

    @Test("whatever else stands there, the message is read", arguments: places)
    func takesAnything(_ type: InboundType, _ path: String) {
        for json in ["true", "[]", "{}", #"{"a": [1]}"#, #""\u0000\u001b""#, #""""#, #""  \u200b""#, "1e400"] {
            #expect(throws: Never.self, "\(json)") { try text(type, path, json) }
        }
    }
}
