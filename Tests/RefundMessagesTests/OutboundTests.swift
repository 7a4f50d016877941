import Foundation
import RefundCase
import RefundMessages
import RefundPolicy
import TestSupport
import Testing

/// What other systems receive, read by an independent reader (contract § 3, "Outbound").
struct OutboundTests {
    private let encoder = OutboundEncoder()

    /// The bytes of the message, checked to be the same when they are written again, against the JSON expected.
    private func expect(
        _ message: OutboundMessage, of refundCase: RefundCase, at now: Instant = Example.receivedAt, id: String,
        type: OutboundType, _ json: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let encoded = encoder.encode(message, of: refundCase, at: now)
        #expect(encoded == encoder.encode(message, of: refundCase, at: now), sourceLocation: sourceLocation)
        #expect(encoded.id == id, sourceLocation: sourceLocation)
        #expect(encoded.type == type, sourceLocation: sourceLocation)
        let read = try JSONSerialization.jsonObject(with: Data(encoded.body)) as? NSDictionary
        let wanted = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? NSDictionary
        let text = String(decoding: encoded.body, as: UTF8.self)
        #expect(read == wanted, "\(text)", sourceLocation: sourceLocation)
    }

    /// Text of the members that every decision ends with.
    private func closing(
        _ rules: String, decidedAt: String = "2022-02-22T09:30:01Z", isSettlement: Bool = false
    ) -> String {
        """
        "rules": [\(rules)], \(isSettlement ? "" : #""alternatives": [], "#)"policy": {"name": "standard", "version": "2022-02-12"},
        "submitted_at": "2022-02-22T09:30:00Z", "decided_at": "\(decidedAt)",
        "respond_by": "2022-02-25T09:30:00Z", "refund_by": "2022-03-08T09:30:00Z"
        """
    }

    /// The findings as the policy has them: their words are the policy's own matter.
    private func rules(_ refundCase: RefundCase) -> String {
        refundCase.findings.map { finding in
            #"{"rule": "\#(finding.rule)", "holds": \#(finding.holds == true), "detail": "\#(finding.detail)"}"#
        }.joined(separator: ",")
    }

    private let calculation = """
        {"basis": "usage", "paid": {"amount": "10.00", "currency": "USD"}, "numerator": 7000, "denominator": 10000,
         "rounding": "half_up"}
        """

    @Test("access.revoke")
    func writesRevocation() throws {
        try expect(
            .command(.revoke, key: 1), of: CaseLife().refundCase, id: "rr-1042/revoke#1", type: .revoke,
            """
            {"command_id": "rr-1042/revoke", "idempotency_key": "rr-1042/revoke#1", "request_id": "rr-1042",
             "order_number": "ORD-1042", "service": {"id": "api-requests", "subscription_id": "sub-9"},
             "customer": {"id": "cus-77"}, "reason": "refund_approved", "issued_at": "2022-02-22T09:30:01Z",
             "complete_by": "2022-03-08T09:30:00Z"}
            """)
    }

    @Test("payout.issue")
    func writesPayout() throws {
        try expect(
            .command(.payout, key: 3), of: CaseLife().refundCase, id: "rr-1042/payout#3", type: .payout,
            """
            {"command_id": "rr-1042/payout", "idempotency_key": "rr-1042/payout#3", "request_id": "rr-1042",
             "order_number": "ORD-1042", "invoice_number": "INV-2022-0042",
             "refund": {"amount": "7.00", "currency": "USD"}, "customer": {"id": "cus-77"},
             "payment_method": {"type": "card", "token": "pm_1"}, "issued_at": "2022-02-22T09:30:01Z",
             "complete_by": "2022-03-08T09:30:00Z"}
            """)
    }

    @Test("notice.decided, approved")
    func writesApproval() throws {
        let refundCase = CaseLife().refundCase
        try expect(
            .notice(.approved, number: 1), of: refundCase, id: "rr-1042/approved", type: .decided,
            """
            {"notice_id": "rr-1042/approved", "request_id": "rr-1042", "order_number": "ORD-1042",
             "customer": {"id": "cus-77"}, "outcome": "approved", "reasons": [],
             "refund": {"amount": "7.00", "currency": "USD"}, "refund_is_final": true, "calculation": \(calculation),
             \(closing(rules(refundCase)))}
            """)
        #expect(
            encoder.encodeDecision(of: refundCase, findings: refundCase.findings)
                == encoder.encode(.notice(.approved, number: 1), of: refundCase, at: Example.receivedAt))
    }

    @Test("notice.decided, rejected, with every reason in the contract's order")
    func writesRejection() throws {
        let request = RefundRequest.example(orderNumber: nil, proofOfPayment: nil, dispute: .lost)
        let refundCase = CaseLife(request).refundCase
        func reason(_ code: ReasonCode) -> String {
            #"{"code": "\#(code.name)", "message": "\#(code.message(for: request, under: .standard, as: .rejected))", "params": {}}"#
        }
        try expect(
            .notice(.rejected, number: 1), of: refundCase, id: "rr-1042/rejected", type: .decided,
            """
            {"notice_id": "rr-1042/rejected", "request_id": "rr-1042", "customer": {"id": "cus-77"},
             "outcome": "rejected",
             "reasons": [\(reason(.missingOrderNumber)), \(reason(.missingProofOfPayment)), \(reason(.disputeLost))],
             \(closing(rules(refundCase)))}
            """)
        #expect(encoder.encodeDecision(of: refundCase, findings: []).id == "rr-1042/rejected")
    }

    @Test("a return that comes too late is told its last day, and what a cancellation would pay instead")
    func writesOffer() throws {
        var request = RefundRequest.example()
        request.kind = .return
        let refundCase = CaseLife(request).refundCase
        let message = ReasonCode.returnWindowClosed.message(for: request, under: .standard, as: .rejected)
        try expect(
            .notice(.rejected, number: 1), of: refundCase, id: "rr-1042/rejected", type: .decided,
            """
            {"notice_id": "rr-1042/rejected", "request_id": "rr-1042", "order_number": "ORD-1042",
             "customer": {"id": "cus-77"}, "outcome": "rejected",
             "reasons": [{"code": "return_window_closed", "message": "\(message)",
                          "params": {"days": 7, "issued_on": "2022-02-12", "last_day": "2022-02-19",
                                     "submitted_on": "2022-02-22"}}],
             "rules": [\(rules(refundCase))],
             "alternatives": [{"kind": "cancellation", "refund": {"amount": "7.00", "currency": "USD"},
                               "calculation": \(calculation)}],
             "policy": {"name": "standard", "version": "2022-02-12"}, "submitted_at": "2022-02-22T09:30:00Z",
             "decided_at": "2022-02-22T09:30:01Z", "respond_by": "2022-02-25T09:30:00Z",
             "refund_by": "2022-03-08T09:30:00Z"}
            """)
    }

    @Test("the terms that changed the policy for a request are named")
    func namesTerms() throws {
        var policy = PolicyVersion.standard
        policy.terms = [
            PolicyTerms(name: "api", when: TermsCondition(services: [ServicePattern("api-*")]), version: policy)
        ]
        let refundCase = CaseLife(.example(), policy: policy).refundCase
        let body = encoder.encode(.notice(.approved, number: 1), of: refundCase, at: Example.receivedAt).body
        let notice = try #require(try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any])
        #expect(
            notice["policy"] as? [String: String] == ["name": "standard", "version": "2022-02-12", "terms": "api"])
    }

    @Test("notice.decided, in review")
    func writesReview() throws {
        let refundCase = CaseLife(.example(dispute: .open)).refundCase
        let message = ReasonCode.disputeOpen.message(for: refundCase.request, under: .standard, as: .inReview)
        try expect(
            .notice(.inReview, number: 1), of: refundCase, id: "rr-1042/in_review", type: .decided,
            """
            {"notice_id": "rr-1042/in_review", "request_id": "rr-1042", "order_number": "ORD-1042",
             "customer": {"id": "cus-77"}, "outcome": "in_review",
             "reasons": [{"code": "dispute_open", "message": "\(message)", "params": {}}],
             \(closing(rules(refundCase)))}
            """)
        #expect(encoder.encodeDecision(of: refundCase, findings: []).id == "rr-1042/in_review")
    }

    @Test("notice.decided, rejected by review, with the person's words for the customer behind the policy's reasons")
    func writesRejectionByReview() throws {
        var life = CaseLife(.example(dispute: .open))
        life.add(.reviewed(.reject, note: "he lies", reasonText: "a \"reason\""), at: Example.later)
        let message = ReasonCode.disputeOpen.message(for: life.refundCase.request, under: .standard, as: .rejected)
        try expect(
            .notice(.rejected, number: 1), of: life.refundCase, at: Example.later, id: "rr-1042/rejected",
            type: .decided,
            """
            {"notice_id": "rr-1042/rejected", "request_id": "rr-1042", "order_number": "ORD-1042",
             "customer": {"id": "cus-77"}, "outcome": "rejected",
             "reasons": [{"code": "dispute_open", "message": "\(message)", "params": {}},
                         {"code": "rejected_by_review", "message": "a \\"reason\\"", "params": {}}],
             \(closing(rules(life.refundCase), decidedAt: "2022-02-22T09:40:00Z"))}
            """)
    }

    @Test("notice.settled names the days on which the money shows")
    func writesSettlement() throws {
        var life = CaseLife()
        life.add(.succeeded(.revoke, at: Example.later), at: Example.later)
        life.add(.succeeded(.payout, at: Example.later), at: Example.later)
        try expect(
            .notice(.settled, number: 1), of: life.refundCase, at: Example.later, id: "rr-1042/settled", type: .settled,
            """
            {"notice_id": "rr-1042/settled", "request_id": "rr-1042", "order_number": "ORD-1042",
             "customer": {"id": "cus-77"}, "outcome": "approved", "reasons": [],
             "refund": {"amount": "7.00", "currency": "USD"}, "calculation": \(calculation),
             "settled_at": "2022-02-22T09:40:00Z",
             "paid_by": [{"means": "payout", "amount": {"amount": "7.00", "currency": "USD"}}],
             "funds_expected": {"earliest": "2022-02-23", "latest": "2022-02-24"},
             \(closing(rules(life.refundCase), isSettlement: true))}
            """)
    }

    @Test("the bank's days count from the payout's success, though the revocation finishes later")
    func countsFromPayout() throws {
        var life = CaseLife()
        life.add(.succeeded(.payout, at: Example.later), at: Example.later)
        let later = Example.later + .days(3)
        life.add(.succeeded(.revoke, at: later), at: later)
        let encoded = encoder.encode(.notice(.settled, number: 1), of: life.refundCase, at: later)
        let notice = try #require(try JSONSerialization.jsonObject(with: Data(encoded.body)) as? [String: Any])
        #expect(notice["settled_at"] as? String == "2022-02-25T09:40:00Z")
        #expect(notice["funds_expected"] as? [String: String] == ["earliest": "2022-02-23", "latest": "2022-02-24"])
    }

    @Test("notice.settled of a person's amount, closed by other means, explains no fraction and promises no day")
    func writesClosing() throws {
        var life = CaseLife(.example(dispute: .open))
        life.add(.reviewed(.approve, amount: money(500)), at: Example.receivedAt)
        life.add(.failed(.payout, at: Example.later, retryable: false), at: Example.later)
        life.add(.reviewed(.close), at: Example.later)
        try expect(
            .notice(.settled, number: 1), of: life.refundCase, at: Example.later, id: "rr-1042/settled", type: .settled,
            """
            {"notice_id": "rr-1042/settled", "request_id": "rr-1042", "order_number": "ORD-1042",
             "customer": {"id": "cus-77"}, "outcome": "approved", "reasons": [],
             "refund": {"amount": "5.00", "currency": "USD"}, "settled_at": "2022-02-22T09:40:00Z",
             "paid_by": [{"means": "other_means", "amount": {"amount": "5.00", "currency": "USD"}}],
             \(closing(rules(life.refundCase), isSettlement: true))}
            """)
    }

    @Test("notice.withdrawn and notice.withdrawal_refused")
    func writesWithdrawals() throws {
        var life = CaseLife(.example(dispute: .open))
        life.add(.withdrawn(at: Example.later), at: Example.later)
        try expect(
            .notice(.withdrawn, number: 1), of: life.refundCase, id: "rr-1042/withdrawn", type: .withdrawn,
            """
            {"notice_id": "rr-1042/withdrawn", "request_id": "rr-1042", "order_number": "ORD-1042",
             "customer": {"id": "cus-77"}, "status": "withdrawn", "submitted_at": "2022-02-22T09:30:00Z"}
            """)
        try expect(
            .notice(.withdrawalRefused, number: 1), of: CaseLife().refundCase, id: "rr-1042/withdrawal_refused",
            type: .withdrawalRefused,
            """
            {"notice_id": "rr-1042/withdrawal_refused", "request_id": "rr-1042", "order_number": "ORD-1042",
             "customer": {"id": "cus-77"}, "status": "approved", "submitted_at": "2022-02-22T09:30:00Z"}
            """)
    }

    @Test(
        "alerts of deadlines",
        arguments: [
            (
                AlertCause.deadlineAtRisk(.response), OutboundType.deadlineAtRisk, "response", "response_at_risk",
                "2022-02-25T09:30:00Z"
            ),
            (.deadlineMissed(.response), .deadlineMissed, "response", "response_missed", "2022-02-25T09:30:00Z"),
            (.deadlineAtRisk(.refund), .deadlineAtRisk, "refund", "refund_at_risk", "2022-03-08T09:30:00Z"),
            (.deadlineMissed(.refund), .deadlineMissed, "refund", "refund_missed", "2022-03-08T09:30:00Z"),
        ])
    func writesDeadlines(_ cause: AlertCause, _ type: OutboundType, _ deadline: String, _ name: String, _ due: String)
        throws
    {
        try expect(
            .alert(cause, number: 1), of: CaseLife().refundCase, id: "rr-1042/alert/\(name)", type: type,
            """
            {"alert_id": "rr-1042/alert/\(name)", "request_id": "rr-1042", "deadline": "\(deadline)",
             "due_at": "\(due)", "status": "approved"}
            """)
    }

    @Test("what was handed in with the request is handed on byte for byte, and what was absent is absent")
    func handsOn() throws {
        let odd = "{ \"id\" : \"é\\u0041\",\n\"x\": [1.0] }"
        let body = BodyBuilder.requested.setting("customer", odd).removing("payment_method")
        let request = try InboundDecoder().decodeStoredRequest(body.bytes)
        let payout = encoder.encode(.command(.payout, key: 1), of: CaseLife(request).refundCase, at: Example.receivedAt)
        let text = String(decoding: payout.body, as: UTF8.self)
        #expect(text.contains("\"customer\":\(odd),"))
        #expect(!text.contains("payment_method"))
    }

    @Test("texts with quotes, controls and other scripts stay JSON")
    func escapes() throws {
        let odd = "é\"\\\u{7F}𝄞\u{2028}"
        let refundCase = CaseLife(.example(orderNumber: odd)).refundCase
        for message in [OutboundMessage.command(.revoke, key: 1), .notice(.approved, number: 1)] {
            let body = encoder.encode(message, of: refundCase, at: Example.receivedAt).body
            let read = try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]
            #expect(read?["order_number"] as? String == odd)
        }
    }

    /// Text is looked at in eights, and its end in the last eight once more.
    @Test("a character that needs an escape is found at every place of a text of any length", arguments: 1...20)
    func escapesEverywhere(_ length: Int) throws {
        for place in 0..<length {
            for special in ["\"", "\\", "\u{1}", "é", "a"] as [Character] {
                var text = Array(repeating: Character("a"), count: length)
                text[place] = special
                var writer = JSONWriter()
                writer.beginArray()
                writer.string(String(text))
                writer.endArray()
                let read = try JSONSerialization.jsonObject(with: Data(writer.bytes)) as? [String]
                #expect(read == [String(text)])
            }
        }
    }

    @Test("only the approval and the rejection are the final answer")
    func namesFinalAnswer() {
        let id = requestID("rr-1042")
        let final = NoticeKind.allCases.filter {
            OutboundType.isFinalAnswer(messageID: "rr-1042/\($0.rawValue)", of: id)
        }
        #expect(final == [.approved, .rejected])
        #expect(!OutboundType.isFinalAnswer(messageID: "rr-1043/approved", of: id))
    }
}
