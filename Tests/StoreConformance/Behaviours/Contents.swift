import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker
import Testing

/// Texts that have broken stores before.
private let hostileTexts = [
    "'; DROP TABLE cases; --", "\" OR \"\"=\"", "%s%n\\x00\\", "$1 ?1 :id @id #{x}", "NULL", "0x00", "1e309",
    "Ünïcödé ß İı ﬁ", "日本語の請求書", "👩‍👩‍👧‍👦🏳️‍🌈", "e\u{301}", "\u{202E}txt.exe\u{202C}", "\u{FEFF}bom", "\u{10FFFF}\u{FFFD}",
    "tab stop and \u{2028} line", String(repeating: "ä", count: 250),
]

extension StoreBehaviour {
    static var contents: [StoreBehaviour] {
        [
            StoreBehaviour("texts come back as they went in, whatever they hold") { fixture in
                let desk = try Desk(fixture)
                for (index, text) in hostileTexts.enumerated() {
                    let request = RequestText("rr-\(index)", invoice: text).with(\.service, text)
                        .with(\.subscription, text).with(\.contact, text).with(\.orderNumber, text)
                    let outcome = try desk.open(request)
                    let opened = try #require(outcome.changes.cases.first?.refundCase, "\(text) was not read")
                    #expect(try desk.refundCase(request.id) == opened)
                    #expect(try desk.standing(of: request.line) == .requested)
                    #expect(try desk.unsent(request.id) == outcome.messages)
                    let history = try #require(try fixture.openReader().history(of: try request.requestID))
                    #expect(history.events.first?.body == request.body)
                    // An identifier is trimmed of what is invisible at its ends, and of nothing else.
                    let number = Spelling.trimmed(text)
                    #expect(Array(history.refundCase.request.invoice.number.utf8) == Array(number.utf8))
                }
            },
            StoreBehaviour("reasons, references and notes come back as they went in") { fixture in
                let desk = try Desk(fixture)
                for (index, text) in hostileTexts.enumerated() {
                    let messages = try desk.open(RequestText("rr-\(index)")).messages
                    try desk.record([
                        PublicationRecord(
                            of: messages[0], at: Times.opening,
                            .failed(reason: text, nextAttemptAt: Times.after(.seconds(5))))
                    ])
                    let history = try #require(try fixture.openReader().history(of: try identity("rr-\(index)")))
                    #expect(history.messages[0].lastError.map { Array($0.utf8) } == Array(text.utf8))
                }
            },
            StoreBehaviour("bodies of 64 KiB are kept byte for byte") { fixture in
                let desk = try Desk(fixture)
                var request = RequestText("rr-1")
                request.contact += String(repeating: "x", count: 65_536 - request.body.count)
                try #require(request.body.count == 65_536)
                let outcome = try desk.open(request)
                #expect(try desk.unsent("rr-1") == outcome.messages)
                let history = try #require(try fixture.openReader().history(of: try identity("rr-1")))
                #expect(history.events[0].body == request.body)
            },
            StoreBehaviour("bodies are bytes: empty ones and such as are no text are kept") { fixture in
                let desk = try Desk(fixture)
                var change = desk.changes(opening: [RequestText("rr-1")]).cases[0]
                let bodies: [[UInt8]] = [[], Array(0...255), [0, 0xFF, 0, 0xC3, 0x28]]
                change.messages = bodies.enumerated().map { index, body in
                    NewMessage(
                        ordinal: MessageOrdinal(index),
                        encoded: EncodedMessage(id: "m-\(index)", type: .decided, body: body),
                        createdAt: Times.opening)
                }
                try desk.commit(CaseChanges(cases: [change]))
                #expect(try desk.unsent("rr-1").map(\.encoded.body) == bodies)
                #expect(try desk.claim(at: Times.after(.seconds(60))).map(\.encoded.body) == bodies)
            },
            StoreBehaviour("notes about dead letters are kept in their order") { fixture in
                let desk = try Desk(fixture)
                let first = try desk.receive(
                    [(.requested, "{"), (.withdrawn, #"{"request_id": "rr-404"}"#)], at: Times.opening)
                let second = try desk.receive(
                    [(.requested, RequestText("rr-1").json), Reply.retried("rr-1")], at: Times.after(.seconds(1)))
                let notes = first.changes.deadLetters + second.changes.deadLetters
                #expect(notes.map(\.code) == ["not_json", "invalid_field", "not_applicable"])
                #expect(try fixture.deadLetters() == notes)
            },
            StoreBehaviour("a policy that went with a refused transaction is kept by the next") { fixture in
                let desk = try Desk(fixture)
                var refused = desk.changes(opening: [RequestText("rr-1", invoice: "INV-7")])
                refused.cases += desk.changes(opening: [RequestText("rr-2", invoice: "INV-7")]).cases
                expectError(.refused) { try desk.commit(refused) }
                #expect(try fixture.keptPolicies() == 0)
                let expected = try #require(desk.open(RequestText("rr-3")).changes.cases.first?.refundCase)
                #expect(try fixture.keptPolicies() == 1)
                try desk.reopen()
                #expect(try desk.refundCase("rr-3") == expected)
            },
            StoreBehaviour("a policy is kept once, and each case has its own back") { fixture in
                let standard = try Desk(fixture)
                try standard.open([RequestText("rr-1"), RequestText("rr-2")])
                #expect(try fixture.keptPolicies() == 1)
                try fixture.close(standard.store)
                // The same policy read anew, as after a restart: other objects with the same text.
                let again = try Desk(fixture)
                try again.open(RequestText("rr-3"))
                #expect(try fixture.keptPolicies() == 1)
                try fixture.close(again.store)
                let after = try Policy(yaml: payingAfterRevocation, fileName: "policy.yaml")
                let other = try Desk(fixture, policy: after)
                try other.open([RequestText("rr-4"), RequestText("rr-5")])
                #expect(try fixture.keptPolicies() == 2)
                try other.reopen()
                #expect(
                    try fixture.openReader().policyTexts()
                        == [after, Policy.standard].map { try #require($0.versions.first).yaml })
                for id in ["rr-1", "rr-2", "rr-3"] {
                    #expect(try other.refundCase(id).policy == Policy.standard.versions.first)
                }
                for id in ["rr-4", "rr-5"] { #expect(try other.refundCase(id).policy.payout == .afterRevocation) }
            },
        ]
    }
}

private let payingAfterRevocation = """
    name: standard
    versions:
      - effective_from: 2022-02-12
        time_zone: UTC
        return_window: 7d
        respond_within: 3d
        refund_within: 14d
        at_risk: {response: 12h, refund: 2d}
        funds: {earliest: 1, latest: 2}
        rounding: half_up
        payout: after_revocation
        commands: {reply_within: 15m, backoff: {first: 1m, factor: 2, cap: 12h, jitter: 0.2}, max_attempts: 8}
    """
