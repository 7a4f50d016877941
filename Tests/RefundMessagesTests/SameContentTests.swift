import RefundMessages
import RefundPolicy
import TestSupport
import Testing

/// Content is the same when every field that the contract names has the same value, and only then; digests agree.
struct SameContentTests {
    /// Whether two texts say the same, by the requests themselves and by their digests.
    private func saySame(_ left: String, _ right: String) throws -> Bool {
        let (left, right) = (try request(left), try request(right))
        let digestsAgree = ContentDigest(of: left) == ContentDigest(of: right)
        #expect(digestsAgree == (left == right))
        return left == right
    }

    private func request(_ text: String) throws -> RefundRequest {
        try InboundDecoder().decodeStoredRequest(Array(text.utf8))
    }

    @Test("order and white space are no content")
    func ignoresOrder() throws {
        #expect(BodyBuilder.requested.reversed() != BodyBuilder.requested.text)
        #expect(try saySame(BodyBuilder.requested.reversed(), BodyBuilder.requested.text))
    }

    @Test(
        "other spellings and unknown fields are the same content",
        arguments: [
            ("usage.included", "1.0e4"), ("usage.remaining", "7000.0"), ("order_number", #""\u004fRD-1042""#),
            ("request_id", #""rr\u002d1042""#), ("customer.id", #""cus\u002d77""#),
            ("customer.contact", #""mailto:a\u0040example.com""#), ("payment_method.token", #""pm\u005f1""#),
            ("invoice.proof_of_payment", #""https:\/\/files.example.com\/p\/1.pdf""#),
            ("invoice.paid.amount", #""10""#), ("invoice.paid.amount", #""10.0""#),
            ("submitted_at", #""2022-02-22T10:30:00.000+01:00""#), ("submitted_at", #""2022-02-22t09:30:00z""#),
            ("unknown", "1"), ("customer.unknown", "[]"), ("service.unknown", "{}"), ("payment_method.unknown", "0"),
            ("invoice.unknown", "1"), ("invoice.paid.unknown", "1"), ("usage.unknown", "1"), ("term.unknown", "1"),
            ("version", "1"),
        ])
    func ignoresSpelling(_ path: String, _ json: String) throws {
        #expect(try saySame(BodyBuilder.requested.setting(path, json).text, BodyBuilder.requested.text))
    }

    @Test(
        "each named field alone is other content",
        arguments: [
            ("request_id", #""rr-1043""#), ("kind", #""return""#), ("submitted_at", #""2022-02-22T09:30:00.000001Z""#),
            ("order_number", #""ORD-1043""#), ("order_number", "null"), ("service.id", #""other""#),
            ("service.subscription_id", #""sub-10""#), ("service.subscription_id", "null"),
            ("customer.id", #""cus-78""#), ("customer.contact", #""mailto:b@example.com""#),
            ("customer.locale", #""de""#), ("customer.locale", "null"), ("customer", "null"),
            ("invoice.number", #""INV-2022-0043""#), ("invoice.issued_on", #""2022-02-13""#),
            ("invoice.paid.amount", #""10.01""#), ("invoice.paid.currency", #""EUR""#),
            ("invoice.proof_of_payment", #""https://files.example.com/p/2.pdf""#), ("usage.unit", #""call""#),
            ("usage.included", "10001"), ("usage.remaining", "6999"), ("usage", "null"),
            ("term.starts_on", #""2022-02-13""#), ("term.ends_on", #""2022-03-13""#), ("term", "null"),
            ("payment_method.type", #""bank""#), ("payment_method.token", #""pm_2""#), ("payment_method", "null"),
            ("dispute", #""open""#),
        ])
    func tellsApart(_ path: String, _ json: String) throws {
        #expect(try !saySame(BodyBuilder.requested.setting(path, json).text, BodyBuilder.requested.text))
    }

    @Test("a named member of any kind is compared by its value")
    func comparesValues() throws {
        func contact(_ json: String) -> String {
            BodyBuilder.requested.setting("customer.contact", json).text
        }
        #expect(try saySame(contact(#"{"a":1.50,"b":["x"]}"#), contact(#"{ "b": ["\u0078"], "a": 15e-1 }"#)))
        #expect(try !saySame(contact(#"{"a":1,"b":2}"#), contact(#"{"a":2,"b":1}"#)))
        #expect(try !saySame(contact("1"), contact(#""1""#)))
    }

    @Test("an absent object is other content than an empty one, and a member's place matters")
    func tellsPlacesApart() throws {
        let text = BodyBuilder.requested
        #expect(try !saySame(text.removing("customer").text, text.setting("customer", "{}").text))
        #expect(
            try !saySame(
                text.setting("customer", #"{"id":"a"}"#).text, text.setting("customer", #"{"contact":"a"}"#).text))
        #expect(
            try !saySame(
                text.removing("customer").setting("payment_method", #"{"type":"a"}"#).text,
                text.removing("payment_method").setting("customer", #"{"id":"a"}"#).text))
    }

    @Test("a request's digest is for good: stores keep it (this one is by Python, of the form in ContentDigest.swift)")
    func digestStays() throws {
        #expect(
            ContentDigest(of: try request(BodyBuilder.requested.text)).description
                == "54a86a45aaff2cebf928aea09ede5643bf5be2c8d7f063ba036bfbbf554f5895")
    }
}
