import RefundCase
import RefundPolicy
import TestSupport
import Testing

@testable import RefundMessages

/// What can't be read, with its code and its place (contract § 3, "Codes").
struct DeadLetterTests {
    static let now = instant("2022-02-22T12:00:00Z")

    private func reason(
        _ body: String, as type: InboundType? = .requested, limits: InboundLimits = InboundLimits()
    ) -> DeadLetterReason? {
        reason(Array(body.utf8), as: type, limits: limits)
    }

    private func reason(
        _ body: [UInt8], as type: InboundType? = .requested, limits: InboundLimits = InboundLimits()
    ) -> DeadLetterReason? {
        do throws(DeadLetterReason) {
            _ = try InboundDecoder(limits: limits).decode(body, as: type, at: DeadLetterTests.now)
            return nil
        } catch {
            return error
        }
    }

    private func summary(_ reason: DeadLetterReason?) -> String {
        switch reason {
        case nil: "read"
        case .invalidField(let path, _), .invalidAmount(let path, _), .unknownCurrency(let path):
            "\(reason?.code ?? "") \(path)"
        case let reason?: reason.code
        }
    }

    @Test("the contract's own messages are read", arguments: InboundType.allCases)
    func readsAll(_ type: InboundType) {
        #expect(summary(reason(Self.body(type).text, as: type)) == "read")
    }

    static func body(_ type: InboundType) -> BodyBuilder {
        switch type {
        case .requested: .requested
        case .withdrawn: .withdrawn
        case .reviewed: .reviewed
        case .retried: .retried
        case .payoutsPaused: .paused
        case .payoutsResumed: .resumed
        case .succeeded: .succeeded
        case .failed: .failed
        }
    }

    /// Every required field, and whether it is a text that must not be blank.
    static let required: [(InboundType, String, Bool)] = [
        (.requested, "request_id", true), (.requested, "kind", true), (.requested, "submitted_at", true),
        (.requested, "service", false), (.requested, "service.id", true), (.requested, "invoice", false),
        (.requested, "invoice.number", true), (.requested, "invoice.issued_on", true),
        (.requested, "invoice.paid", false), (.requested, "invoice.paid.amount", false),
        (.requested, "invoice.paid.currency", false), (.requested, "usage.included", false),
        (.requested, "usage.remaining", false), (.requested, "term.starts_on", true),
        (.requested, "term.ends_on", true),
        (.withdrawn, "request_id", true), (.withdrawn, "submitted_at", true),
        (.reviewed, "action_id", true), (.reviewed, "request_id", true), (.reviewed, "verdict", true),
        (.reviewed, "by", true), (.reviewed, "amount.amount", false), (.reviewed, "amount.currency", false),
        (.retried, "action_id", true), (.retried, "request_id", true), (.retried, "by", true),
        (.payoutsPaused, "action_id", true), (.payoutsPaused, "by", true), (.payoutsResumed, "action_id", true),
        (.payoutsResumed, "pause", true), (.payoutsResumed, "by", true),
        (.succeeded, "command_id", true), (.succeeded, "idempotency_key", true), (.succeeded, "occurred_at", true),
        (.failed, "command_id", true), (.failed, "idempotency_key", true), (.failed, "occurred_at", true),
        (.failed, "code", true),
        (.failed, "retryable", false),
    ]

    @Test("a required field that is missing, null or of a wrong type is named by its path", arguments: required)
    func needsField(_ type: InboundType, _ path: String, _ isText: Bool) {
        let body = Self.body(type)
        #expect(summary(reason(body.removing(path).text, as: type)) == "invalid_field \(path)")
        #expect(summary(reason(body.setting(path, "null").text, as: type)) == "invalid_field \(path)")
        for wrong in ["[]", "\"x y\"", "12.5"] {
            let told = summary(reason(body.setting(path, wrong).text, as: type))
            if isText, wrong == "\"x y\"" { continue }
            if path.hasPrefix("usage."), wrong == "12.5" { continue }
            let isAmount = path.hasSuffix("amount.amount") || path.hasSuffix("paid.amount")
            let isUnknown = path.hasSuffix("currency") && wrong == "\"x y\""
            let code = isAmount ? "invalid_amount" : isUnknown ? "unknown_currency" : "invalid_field"
            #expect(told == "\(code) \(path)", "\(wrong)")
        }
        guard isText else { return }
        for blank in [#""""#, #"" ""#, #"" \t\u00a0""#] {
            #expect(summary(reason(body.setting(path, blank).text, as: type)) == "invalid_field \(path)")
        }
    }

    @Test(
        "fields that hold what they must not",
        arguments: [
            ("request_id", #""a b""#, "invalid_field request_id"), ("request_id", #""é""#, "invalid_field request_id"),
            ("request_id", "\"\(String(repeating: "a", count: 128))\"", "read"),
            ("request_id", "\"\(String(repeating: "a", count: 129))\"", "invalid_field request_id"),
            ("kind", #""Return""#, "invalid_field kind"), ("dispute", #""maybe""#, "invalid_field dispute"),
            ("dispute", "1", "invalid_field dispute"), ("submitted_at", #""2022-02-22""#, "invalid_field submitted_at"),
            ("submitted_at", #""2022-02-22T09:30:00""#, "invalid_field submitted_at"),
            ("invoice.issued_on", #""2022-02-30""#, "invalid_field invoice.issued_on"),
            ("invoice.issued_on", #""2022-02-12T00:00:00Z""#, "invalid_field invoice.issued_on"),
            ("invoice.paid.amount", "10.00", "invalid_amount invoice.paid.amount"),
            ("invoice.paid.amount", #""10.001""#, "invalid_amount invoice.paid.amount"),
            ("invoice.paid.amount", #""-1""#, "invalid_amount invoice.paid.amount"),
            ("invoice.paid.amount", #""1e3""#, "invalid_amount invoice.paid.amount"),
            ("invoice.paid.amount", #""99999999999999999999""#, "invalid_amount invoice.paid.amount"),
            ("invoice.paid.currency", #""usd""#, "unknown_currency invoice.paid.currency"),
            ("invoice.paid.currency", #""XXX""#, "unknown_currency invoice.paid.currency"),
            ("usage.included", "12.5", "read"), ("usage.included", "1e-6", "read"),
            ("usage.included", "0.0000001", "invalid_field usage.included"),
            ("usage.included", "9223372036854.775808", "invalid_field usage.included"),
            ("usage.included", "9223372036854.775807", "read"),
            ("usage.included", "9223372036854775808", "invalid_field usage.included"),
            ("usage.remaining", #""7""#, "invalid_field usage.remaining"), ("usage", "[]", "invalid_field usage"),
            ("usage.unit", "1", "invalid_field usage.unit"), ("term", "7", "invalid_field term"),
            ("order_number", "7", "invalid_field order_number"),
            ("order_number", #""a\nb""#, "invalid_field order_number"), ("order_number", #""a\n""#, "read"),
            ("request_id", #"" rr-1 ""#, "read"), ("service.id", #""\u200b""#, "invalid_field service.id"),
            ("invoice.paid.currency", #""HRK""#, "read"),
            ("invoice.paid.currency", #""CUC""#, "unknown_currency invoice.paid.currency"),
            ("order_number", "\"\(String(repeating: "é", count: 255))\"", "read"),
            ("order_number", "\"\(String(repeating: "é", count: 256))\"", "invalid_field order_number"),
            (
                "invoice.proof_of_payment", "\"\(String(repeating: "a", count: 4_001))\"",
                "invalid_field invoice.proof_of_payment"
            ),
            ("invoice.proof_of_payment", #""\u0000""#, "invalid_field invoice.proof_of_payment"),
            ("customer", #""cus-77""#, "invalid_field customer"),
            ("payment_method", "[]", "invalid_field payment_method"),
            ("customer", #"{"id":1,"\u0069d":2}"#, "invalid_field customer.id"),
            ("service.subscription_id", "{}", "invalid_field service.subscription_id"),
            ("version", "1", "unsupported_version"), ("version", "3", "unsupported_version"),
            ("version", #""2""#, "unsupported_version"), ("version", "true", "unsupported_version"),
            ("version", "2", "read"), ("version", "2.0", "read"), ("version", "null", "read"),
        ])
    func judgesField(_ path: String, _ json: String, _ expected: String) {
        #expect(summary(reason(BodyBuilder.requested.setting(path, json).text)) == expected)
    }

    @Test("an amount that is too large for the machine is told as that")
    func tellsSize() {
        let body = BodyBuilder.requested.setting("invoice.paid.amount", #""99999999999999999999""#)
        #expect(reason(body.text)?.detail.contains("the most is 92233720368547758.07 USD") == true)
    }

    @Test(
        "replies that name no command of ours",
        arguments: [
            ("command_id", #""rr-1042""#), ("command_id", #""/payout""#), ("command_id", #""rr-1042/Payout""#),
            ("command_id", #""rr-1042/payout/""#), ("command_id", #""a b/payout""#),
            ("idempotency_key", #""rr-1042/payout""#), ("idempotency_key", #""rr-1042/payout#""#),
            ("idempotency_key", #""rr-1042/payout#0""#), ("idempotency_key", #""rr-1042/payout#+1""#),
            ("idempotency_key", #""rr-1042/payout#01""#), ("idempotency_key", #""rr-1042/revoke#1""#),
            ("idempotency_key", #""rr-1042/payout#99999999999999999999""#), ("idempotency_key", "1"),
        ])
    func needsCommand(_ path: String, _ json: String) {
        let told = summary(reason(BodyBuilder.succeeded.setting(path, json).text, as: .succeeded))
        #expect(told == "invalid_field \(path)")
    }

    @Test(
        "an action's id has the form of a request's",
        arguments: [InboundType.reviewed, .retried, .payoutsPaused, .payoutsResumed])
    func readsActionID(_ type: InboundType) {
        let body = Self.body(type)
        for wrong in [#""a b""#, #""é""#, "7", "\"\(String(repeating: "a", count: 129))\""] {
            #expect(
                summary(reason(body.setting("action_id", wrong).text, as: type)) == "invalid_field action_id",
                "\(wrong)")
        }
        let longest = "\"\(String(repeating: "a", count: 128))\""
        #expect(summary(reason(body.setting("action_id", longest).text, as: type)) == "read")
    }

    @Test(
        "bodies that are no object of JSON",
        arguments: [
            ("", "not_json"), ("hello", "not_json"), ("{} x", "not_json"), ("\u{FEFF}{}", "not_json"),
            ("[]", "invalid_field $"), ("1", "invalid_field $"), ("null", "invalid_field $"),
            (#"{"x":1,"x":1}"#, "invalid_field x"), (#"{"a b":1,"a\u0020b":1}"#, "invalid_field $"),
            (#"{"request_id":"a","request\u005fid":"b"}"#, "invalid_field request_id"),
        ])
    func needsObject(_ body: String, _ expected: String) {
        #expect(summary(reason(body)) == expected)
    }

    @Test("two names that only look alike are two names")
    func namesAreBytes() {
        let body = BodyBuilder.requested.setting("e\u{301}", "1").setting("\\u00e9", "2")
        #expect(summary(reason(body.text)) == "read")
    }

    @Test(
        "a repeated name is found among few and among many, and many unknown names are none of our business",
        arguments: [2, 16, 17, 18, 2_000])
    func findsRepeatedName(_ count: Int) {
        let names = (0..<count).map { "\"unknown_\($0)\": 1" }
        let plain = "{" + names.joined(separator: ",")
        #expect(summary(reason(plain + "}", as: .retried)) == "invalid_field action_id")
        for repeated in ["unknown_0", "unknown_\(count - 1)", "unknown\\u005f0"] {
            let told = summary(reason(plain + ",\"\(repeated)\": 2}", as: .retried))
            #expect(told == "invalid_field unknown_\(repeated.hasSuffix("0") ? 0 : count - 1)")
        }
    }

    @Test("hostile bodies end in a reason")
    func survivesHostileBodies() {
        let unlimited = InboundLimits(bodySize: .max)
        let zeros = [UInt8](repeating: 0, count: 1 << 20)
        #expect(reason(zeros)?.code == "too_large")
        #expect(reason(zeros, limits: unlimited)?.code == "not_json")
        let brackets = String(repeating: "[", count: 200_000)
        #expect(reason(brackets)?.code == "too_large")
        #expect(reason(brackets, limits: unlimited)?.code == "not_json")
        let objects = String(repeating: #"{"a":"#, count: 200_000)
        #expect(reason(objects, limits: unlimited)?.code == "not_json")
        let digits = String(repeating: "9", count: 60_000)
        #expect(
            summary(reason(BodyBuilder.requested.setting("usage.included", digits).text))
                == "invalid_field usage.included")
        let exponent = "1" + String(repeating: "0", count: 30_000) + "e-30000"
        #expect(summary(reason(BodyBuilder.requested.setting("usage.included", exponent).text)) == "read")
        let escapes = "\"" + String(repeating: "\\u0000", count: 10_000) + "\""
        #expect(
            summary(reason(BodyBuilder.requested.setting("order_number", escapes).text)) == "invalid_field order_number"
        )
    }

    @Test("a body of the limit is read, and one byte more is too large")
    func limitsSize() {
        let body = BodyBuilder.requested.bytes
        let padding = [UInt8](repeating: UInt8(ascii: " "), count: 65_536 - body.count)
        #expect(reason(body + padding) == nil)
        #expect(reason(body + padding + [UInt8(ascii: " ")]) == .tooLarge(size: 65_537, limit: 65_536))
    }

    @Test(
        "a submission may be five minutes ahead of the clock, and not a microsecond more",
        arguments: [InboundType.requested, .withdrawn])
    func limitsFuture(_ type: InboundType) {
        let body = Self.body(type)
        #expect(reason(body.setting("submitted_at", #""2022-02-22T12:05:00Z""#).text, as: type) == nil)
        #expect(
            reason(body.setting("submitted_at", #""2022-02-22T12:05:00.000001Z""#).text, as: type) == .submittedInFuture
        )
        #expect(reason(body.setting("submitted_at", #""2022-02-22T14:05:00+02:00""#).text, as: type) == nil)
    }

    @Test("a message's type is its routing key, to the last byte, and the property may repeat it")
    func namesType() throws {
        #expect(try InboundType(type: nil, routingKey: "refund.requested", from: .intake) == .requested)
        #expect(try InboundType(type: "", routingKey: "command.failed", from: .access) == .failed)
        #expect(try InboundType(type: "refund.retried", routingKey: "refund.retried", from: .people) == .retried)
        #expect(throws: DeadLetterReason.unknownType) {
            try InboundType(type: "other", routingKey: "refund.requested", from: .intake)
        }
        for key in ["other", "refund.requested\n", " refund.requested", "Refund.requested", "refund.replies", ""] {
            #expect(throws: DeadLetterReason.wrongSender) {
                try InboundType(type: "refund.requested", routingKey: key, from: .intake)
            }
        }
        #expect(reason("{}", as: nil) == .unknownType)
        #expect(reason("no json", as: nil) == .unknownType)
    }

    @Test("a type counts only through its own sender's exchange (contract § 2)", arguments: InboundType.allCases)
    func senders(type: InboundType) {
        let senders: [InboundType: Set<InboundSender>] = [
            .requested: [.intake], .withdrawn: [.intake], .reviewed: [.people], .retried: [.people],
            .payoutsPaused: [.people], .payoutsResumed: [.people], .succeeded: [.access, .payout],
            .failed: [.access, .payout],
        ]
        for sender in InboundSender.allCases where !(senders[type]?.contains(sender) ?? false) {
            #expect(throws: DeadLetterReason.wrongSender) {
                try InboundType(type: nil, routingKey: type.rawValue, from: sender)
            }
        }
        #expect(throws: DeadLetterReason.wrongSender) {
            try InboundType(type: nil, routingKey: type.rawValue, from: nil)
        }
    }

    @Test("a type that contradicts the routing key is refused, whatever the two are", arguments: InboundType.allCases)
    func contradictions(type: InboundType) throws {
        for key in InboundType.allCases where key != type {
            let sender = try #require(InboundSender.allCases.first { $0.maySend(key) })
            let reason = #expect(throws: DeadLetterReason.self) {
                try InboundType(type: type.rawValue, routingKey: key.rawValue, from: sender)
            }
            #expect(reason?.code == "invalid_field")
            #expect(
                reason?.detail.hasPrefix("type: the AMQP property says \(type.rawValue) and the routing key") == true)
        }
    }

    @Test("a reason never quotes what the message holds")
    func keepsSecrets() throws {
        let secret = "pm_secret_4711"
        let fields = [
            "kind", "submitted_at", "invoice.paid.amount", "invoice.paid.currency", "dispute", "usage.included",
        ]
        for path in fields {
            let told = try #require(reason(BodyBuilder.requested.setting(path, "\"\(secret)\"").text))
            #expect(!told.detail.contains(secret), "\(path)")
        }
        let repeated = try #require(reason("{\"\(secret) x\":1,\"\(secret) x\":2}"))
        #expect(!repeated.detail.contains(secret))
        let broken = try #require(reason("{\"token\":\"\(secret)\" \(secret)}"))
        #expect(!broken.detail.contains(secret))
    }
}
