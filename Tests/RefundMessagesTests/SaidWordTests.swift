import RefundCase
import RefundMessages
import RefundPolicy
import TestSupport
import Testing

/// The same words are the same key, kind, code, `occurred_at` and reference, and nothing else (contract § 4).
struct SaidWordTests {
    private func word(_ body: BodyBuilder, _ type: InboundType) throws -> SaidWord? {
        try InboundDecoder().decode(body.bytes, as: type, at: DeadLetterTests.now).word
    }

    @Test("what is named makes another word")
    func differs() throws {
        let words = try [
            word(.succeeded, .succeeded),
            word(.succeeded.setting("idempotency_key", #""rr-1042/payout#2""#), .succeeded),
            word(.succeeded.setting("occurred_at", #""2022-02-22T09:31:00.000001Z""#), .succeeded),
            word(.succeeded.setting("reference", #""tx-2""#), .succeeded),
            word(.succeeded.removing("reference"), .succeeded),
            word(
                .succeeded.setting("command_id", #""rr-7/payout""#).setting("idempotency_key", #""rr-7/payout#1""#),
                .succeeded),
            word(.failed, .failed), word(.failed.setting("code", #""closed""#), .failed),
            word(.failed.setting("idempotency_key", #""rr-1042/revoke#1""#), .failed),
            word(
                .failed.setting("command_id", #""rr-1042/payout""#).setting("idempotency_key", #""rr-1042/payout#2""#),
                .failed),
        ]
        #expect(Set(words.compactMap(\.self)).count == words.count)
        #expect(words.allSatisfy { $0?.digest.bytes.count == 16 })
    }

    @Test("what is not named does not: other fields, another message, another zone of the same instant, white space")
    func agrees() throws {
        let success = try word(.succeeded, .succeeded)
        #expect(try word(.succeeded.setting("unknown", "7"), .succeeded) == success)
        #expect(try word(.succeeded.setting("occurred_at", #""2022-02-22T10:31:00+01:00""#), .succeeded) == success)
        let spaced = Array(BodyBuilder.succeeded.reversed().utf8)
        #expect(try InboundDecoder().decode(spaced, as: .succeeded, at: DeadLetterTests.now).word == success)
        #expect(try word(.failed.setting("message", #""in other words""#), .failed) == word(.failed, .failed))
        #expect(try word(.failed.setting("retryable", "false"), .failed) == word(.failed, .failed))
    }

    @Test("only replies have words, only people's messages actions")
    func others() throws {
        for type in InboundType.allCases {
            let message = try InboundDecoder().decode(
                DeadLetterTests.body(type).bytes, as: type, at: DeadLetterTests.now)
            #expect((message.word != nil) == [.succeeded, .failed].contains(type), "\(type)")
            #expect(
                (message.actionID != nil) == [.reviewed, .retried, .payoutsPaused, .payoutsResumed].contains(type),
                "\(type)")
        }
    }
}
