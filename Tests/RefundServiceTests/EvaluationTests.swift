import RefundCase
import RefundPolicy
import RefundService
import TestSupport
import Testing

@Suite("What evaluate says without a store")
struct EvaluationTests {
    private let unseen = ["one_refund", "left_to_refund", "other_requests"]

    /// What is decided, and the rules that fail and that nobody has looked at.
    private func evaluate(
        _ body: BodyBuilder, reviewAbove: [Money]? = nil
    ) throws -> (codes: [String], refund: Money?, failing: [String], unseen: [String]) {
        var policy = PolicyVersion.standard
        policy.reviewAbove = reviewAbove
        let refundCase = try Evaluation(policy: Policy(only: policy), now: Example.receivedAt).decide(body.bytes)
        let findings = refundCase.findingsWithoutStore
        return (
            refundCase.decision.reasons.map(\.name), refundCase.decision.refund,
            findings.filter { $0.holds == false }.map(\.rule), findings.filter { $0.holds == nil }.map(\.rule)
        )
    }

    private func total(_ amount: String, _ currency: String = "USD") -> BodyBuilder {
        BodyBuilder.requested.setting("invoice.total", #"{"amount": "\#(amount)", "currency": "\#(currency)"}"#)
    }

    @Test("is bounded by the request's own total of the invoice, and the rules about others stay not looked at")
    func bounded() throws {
        #expect(try evaluate(.requested).refund == money(700))
        let found = try evaluate(total("3.00"))
        #expect(found.refund == money(300) && found.failing.isEmpty && found.unseen == unseen)
        // The limit is held against what would be paid.
        let limited = try evaluate(total("3.00"), reviewAbove: [money(500)])
        #expect(limited.refund == money(300) && limited.failing.isEmpty)
        #expect(try evaluate(total("25.00"), reviewAbove: [money(500)]).codes == ["amount_over_limit"])
    }

    @Test("names the rule that the request breaks by itself, and not as one that nobody has looked at")
    func brokenAlone() throws {
        let nothing = try evaluate(total("0.00"))
        #expect(nothing.codes == ["nothing_left"] && nothing.failing == ["left_to_refund"])
        #expect(nothing.unseen == ["one_refund", "other_requests"])
        let other = try evaluate(total("25.00", "EUR"))
        #expect(other.codes == ["paid_conflict"] && other.failing == ["other_requests"])
    }
}
