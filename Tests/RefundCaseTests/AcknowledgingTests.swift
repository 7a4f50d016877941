import RefundCase
import RefundMessages
import RefundPolicy
import TestSupport
import Testing

@Suite("A request is acknowledged")
struct AcknowledgingTests {
    private var policy: PolicyVersion {
        var policy = PolicyVersion.standard
        policy.acknowledges = true
        return policy
    }

    @Test(
        "with the very step that decides it, before anything else is told, whatever is decided",
        arguments: [
            (RefundRequest.example(), "approved"), (.example(orderNumber: nil), "rejected"),
            (.example(dispute: .open), "in_review"),
        ])
    func first(_ request: RefundRequest, _ status: String) {
        let life = CaseLife(request, policy: policy)
        #expect(life.status.rawValue == status)
        #expect(life.messages.first?.encoded.id == "rr-1042/received")
        #expect(life.messages.first?.ordinal == MessageOrdinal(0))
        #expect(life.messages.filter { $0.encoded.type == .received }.count == 1)
        #expect(life.messages.contains { $0.encoded.type == .decided })
    }

    @Test("also where it was withdrawn before it was decided")
    func withdrawn() {
        let withdrawal = Withdrawal(submittedAt: Example.submittedAt, reason: nil)
        let life = CaseLife(policy: policy, withdrawal: withdrawal)
        #expect(life.messages.map(\.encoded.id) == ["rr-1042/received", "rr-1042/withdrawn"])
    }

    @Test("only where the policy says so, or its terms for that request do")
    func terms() {
        #expect(!CaseLife().messages.contains { $0.encoded.type == .received })
        var version = PolicyVersion.standard
        version.terms = [
            PolicyTerms(name: "returns", when: TermsCondition(kinds: [.return]), version: policy)
        ]
        #expect(!CaseLife(policy: version).messages.contains { $0.encoded.type == .received })
        let goodsBack = RefundRequest.example(kind: .return, submittedAt: instant("2022-02-14T09:30:00Z"))
        #expect(CaseLife(goodsBack, policy: version).messages.first?.encoded.type == .received)
    }

    @Test("and says when it came and by when the answer is promised")
    func says() throws {
        let body = try #require(CaseLife(policy: policy).messages.first?.encoded.body)
        #expect(
            String(decoding: body, as: UTF8.self) == """
                {"notice_id":"rr-1042/received","request_id":"rr-1042","order_number":"ORD-1042",\
                "customer":{"id": "cus-77"},"submitted_at":"2022-02-22T09:30:00Z",\
                "received_at":"2022-02-22T09:30:01Z","respond_by":"2022-02-25T09:30:00Z"}
                """)
    }

    @Test("the events alone rebuild the case")
    func rebuilt() throws {
        let life = CaseLife(policy: policy)
        #expect(try RefundCase.rebuild(from: life.events, policy: policy) == life.refundCase)
    }
}
