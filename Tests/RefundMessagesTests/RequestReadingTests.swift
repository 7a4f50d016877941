import RefundCase
import RefundMessages
import RefundPolicy
import TestSupport
import Testing

/// What is made of a message that can be read.
struct RequestReadingTests {
    private func request(_ body: BodyBuilder) throws -> RefundRequest { try request(body.text) }

    private func request(_ text: String) throws -> RefundRequest {
        let message = try InboundDecoder().decode(Array(text.utf8), as: .requested, at: DeadLetterTests.now)
        guard case .requested(let request) = message else { throw Unexpected() }
        return request
    }

    private struct Unexpected: Error {}

    @Test("the contract's own request is read in full")
    func readsContractsRequest() throws {
        let request = try request(.requested)
        #expect(request.id == requestID("rr-1042"))
        #expect(request.kind == .cancellation)
        #expect(request.submittedAt == Example.submittedAt)
        #expect(request.orderNumber == "ORD-1042")
        #expect(request.service.id == "api-requests")
        #expect(request.service.subscriptionID == "sub-9")
        #expect(request.invoice.number == "INV-2022-0042")
        #expect(request.invoice.issuedOn == day("2022-02-12"))
        #expect(request.invoice.paid == money(1_000))
        #expect(request.invoice.proofOfPayment == "https://files.example.com/p/1.pdf")
        #expect(request.usage == Usage(unit: "request", included: 10_000, remaining: 7_000))
        #expect(request.term == Term(startsOn: day("2022-02-12"), endsOn: day("2022-03-12")))
        #expect(request.dispute == .none)
        #expect(
            request.line
                == InvoiceLine(invoiceNumber: "INV-2022-0042", serviceID: "api-requests", subscriptionID: "sub-9"))
    }

    static let optional = [
        "order_number", "service.subscription_id", "customer", "invoice.proof_of_payment", "usage", "usage.unit",
        "term",
        "payment_method", "dispute", "customer.id",
    ]

    @Test("an optional field that is null is one that is absent", arguments: optional)
    func nullIsAbsent(_ path: String) throws {
        let absent = try request(BodyBuilder.requested.removing(path))
        #expect(try request(BodyBuilder.requested.setting(path, "null")) == absent)
        if path != "dispute" { #expect(try absent != request(.requested)) }
    }

    @Test("what is absent is nothing, and no dispute")
    func readsLeast() throws {
        var body = BodyBuilder.requested
        for path in Self.optional { body = body.removing(path) }
        let request = try request(body)
        #expect(request.orderNumber == nil)
        #expect(request.service.subscriptionID == nil)
        #expect(request.customer == nil)
        #expect(request.invoice.proofOfPayment == nil)
        #expect(request.usage == nil)
        #expect(request.term == nil)
        #expect(request.paymentMethod == nil)
        #expect(request.dispute == .none)
    }

    @Test(
        "a blank order number or proof of payment counts as missing",
        arguments: [#""""#, #"" ""#, #""\t\n""#, #""\u3000""#, #""\u200b""#, #""\u2800\ufeff""#])
    func blankIsMissing(_ blank: String) throws {
        #expect(
            try request(BodyBuilder.requested.setting("invoice.proof_of_payment", blank)).invoice.proofOfPayment == nil)
        #expect(try request(BodyBuilder.requested.setting("order_number", blank)).orderNumber == nil)
    }

    @Test("identifiers lose white space and invisible characters at both ends, and none within")
    func trims() throws {
        let body = BodyBuilder.requested.setting("order_number", #"" ORD-1\n""#)
            .setting("service.id", #""\u00a0setup fee\u200b""#).setting("invoice.number", #""\ufeffINV-1 ""#)
            .setting("request_id", #""rr-1\t""#)
        let request = try request(body)
        #expect(request.orderNumber == "ORD-1" && request.service.id == "setup fee" && request.id == requestID("rr-1"))
        #expect(request.invoice.number == "INV-1")
        // What was kept under the first reading is read as it was then.
        var policy = PolicyVersion.standard
        policy.firstReading = FirstReading(nonReturnable: [])
        let before = try InboundDecoder().decodeStoredRequest(
            BodyBuilder.requested.setting("service.id", #""fee ""#).bytes, under: policy)
        #expect(before.service.id == "fee ")
    }

    @Test("what terms go by is read, and in another form is not said")
    func readsTraits() throws {
        let customer = #"{"id": "c", "country": " DE ", "consumer": true, "segment": "plus"}"#
        let contract = #"{"concluded_on": "2022-02-10"}"#
        let read = try request(
            BodyBuilder.requested.setting("customer", customer).setting("contract", contract))
        #expect(read.traits == CustomerTraits(country: "DE", isConsumer: true, segment: "plus"))
        #expect(read.concludedOn == day("2022-02-10"))
        let odd = try request(
            BodyBuilder.requested.setting("customer", #"{"country": 1, "consumer": "yes", "segment": " "}"#))
        #expect(odd.traits == CustomerTraits() && odd.concludedOn == nil)
    }

    @Test("objects that are handed on keep every byte")
    func keepsBytes() throws {
        let odd = "{ \"id\" :\t\"cus\\u002d77\",\"x\": [1.0, 1e400, {\"id\": 1, \"id\": 2}],\r\n\"é\":\"\\/\" }"
        let request = try request(
            BodyBuilder.requested.setting("customer", odd).setting("payment_method", "{}").setting(
                "service", #"{"id": "api-requests" , "secret" : null}"#))
        #expect(request.customer.map { Array($0.json.utf8) } == Array(odd.utf8))
        #expect(request.paymentMethod?.json == "{}")
        #expect(request.service.passedThrough.json == #"{"id": "api-requests" , "secret" : null}"#)
    }

    @Test("what is handed on never shows itself")
    func hidesPassedThrough() throws {
        let request = try request(.requested)
        var dumped = ""
        dump(request, to: &dumped)
        for shown in ["\(request)", String(reflecting: request), dumped] {
            #expect(!shown.contains("pm_1"))
            #expect(!shown.contains("mailto"))
        }
    }

    @Test("the contract's other messages are read in full")
    func readsEvents() throws {
        let decoder = InboundDecoder()
        let id = requestID("rr-1042")
        let at = instant("2022-02-22T09:31:00Z")
        let expected: [(InboundType, CaseEvent)] = [
            (.withdrawn, .withdrawn(Withdrawal(submittedAt: instant("2022-02-22T10:00:00Z"), reason: "kept it"))),
            (
                .reviewed,
                .reviewed(
                    .approve, amount: money(500), reference: "bank-7", reasonText: "We are sorry.", action: "act-1")
            ),
            (.retried, .retried("act-2", note: "mended")),
            (.succeeded, .succeeded(.payout, key: 1, at: at, reference: "tx-1")),
            (.failed, .failed(.revoke, key: 2, at: at, message: "try later")),
        ]
        for (type, event) in expected {
            let read = try decoder.decode(
                DeadLetterTests.body(type).bytes, as: type, sentBy: "operator-1", at: DeadLetterTests.now)
            #expect(read == .event(event, of: id))
            #expect(read.requestID == id)
        }
    }

    @Test("a stored request is read again after years, and ahead of the clock")
    func readsStoredRequest() throws {
        let body = BodyBuilder.requested.setting("submitted_at", #""2999-01-01T00:00:00Z""#)
        #expect(try InboundDecoder().decodeStoredRequest(body.bytes).submittedAt == instant("2999-01-01T00:00:00Z"))
    }
}
