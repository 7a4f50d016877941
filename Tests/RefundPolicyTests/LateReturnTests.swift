import RefundPolicy
import Testing

/// What becomes of a return that is rejected (contract § 1, "A return that comes too late", and § 3, `alternatives`).
@Suite("a return that is not taken")
struct LateReturnTests {
    @Test(
        "a return that comes too late is rejected with an offer, rejected, or judged as a cancellation",
        arguments: LateReturn.allCases)
    func lateReturn(_ choice: LateReturn) throws {
        var policy = try examplePolicy()
        policy.lateReturn = choice
        let late = try exampleRequest { $0.kind = .return }
        let decision = policy.decide(late, line: .free)
        let alternatives = policy.alternatives(to: late, line: .free, at: late.submittedAt)
        switch choice {
        case .cancel: #expect(decision.refund == (try money("7.00")) && alternatives.isEmpty)
        case .reject: #expect(decision.codes == ["return_window_closed"] && alternatives.isEmpty)
        case .offer:
            #expect(decision.codes == ["return_window_closed"])
            #expect(alternatives.map(\.calculation.refund) == [try money("7.00")])
        }
    }

    /// Late returns, and a policy whose terms differ for returns and cancellations.
    private func lateReturns(_ terms: String) throws -> (policy: PolicyVersion, request: RefundRequest) {
        let text = """
            name: mine
            versions:
              - effective_from: 2022-02-12
                late_return: cancel
                terms:
            \(terms)
            """
        let policy = try #require(Policy(yaml: text, fileName: "policy.yaml").versions.first)
        return (policy, try exampleRequest { $0.kind = .return })
    }

    /// "Judged as one": whatever terms a policy has for a kind, the late return comes to what a cancellation of the same
    /// day, service and payment comes to.
    @Test(
        "that is judged as a cancellation comes to what a cancellation would, by a cancellation's terms",
        arguments: [
            ("- {name: goods, when: {kind: [return]}, return_amount: full, cancellable: true}", "7.00", []),
            ("- {name: stay, when: {kind: [cancellation]}, cancellable: false}", nil, ["service_not_cancellable"]),
            ("- {name: care, when: {kind: [cancellation]}, review_above: {USD: \"5.00\"}}", nil, ["amount_over_limit"]),
            ("- {name: goods, when: {kind: [return]}, cancellable: false}", "7.00", []),
            ("- {name: easy, when: {kind: [return]}, proof: optional}", nil, ["missing_proof_of_payment"]),
            ("- {name: long, when: {kind: [cancellation]}, return_window: 90d, late_return: offer}", "7.00", []),
            ("- {name: keep, when: {kind: [cancellation]}, late_return: reject, time_zone: Asia/Tokyo}", "7.00", []),
        ] as [(String, String?, [String])])
    func judgedAsOne(_ terms: String, _ refund: String?, _ codes: [String]) throws {
        let (policy, request) = try lateReturns("      " + terms)
        var late = request
        if codes == ["missing_proof_of_payment"] { late.invoice.proofOfPayment = nil }
        var cancellation = late
        cancellation.kind = .cancellation
        let decision = policy.judge(late)
        #expect(decision.refund?.decimal == refund && decision.codes == codes)
        #expect(decision == policy.judge(cancellation))
        let applied = policy.applied(to: late)
        #expect(applied.termsName == policy.applied(to: cancellation).termsName)
        #expect(applied.reviewAbove == policy.applied(to: cancellation).reviewAbove)
        let window = try #require(applied.findings(for: late, line: .free).first { $0.rule == "return_window" })
        #expect(window.holds == true && window.detail == "day 10 of 7, too late, so judged as a cancellation")
        // What is in time stays a return.
        late.submittedAt = try instant("2022-02-19T23:59:59Z")
        late.invoice.proofOfPayment = "p"
        #expect(policy.judge(late).refund?.decimal == "10.00")
    }

    @Test("and is judged as a cancellation says so where the reason comes of that, with its dates")
    func toldAsCancellation() throws {
        var policy = try examplePolicy()
        (policy.lateReturn, policy.isCancellable, policy.terms) = (.cancel, false, [])
        let late = try exampleRequest {
            $0.kind = .return
            $0.usage = nil
        }
        #expect(policy.judge(late).codes == ["service_not_cancellable", "nothing_to_prorate"])
        for code in [ReasonCode.serviceNotCancellable, .nothingToProrate] {
            let message = code.message(for: late, under: policy, as: .rejected)
            #expect(
                message.hasPrefix(
                    "A return could be asked for until 2022-02-19; the request is of 2022-02-22, so it was judged as a "
                        + "cancellation. "))
            #expect(!message.contains("A return refunds"))
            #expect(code.parameters(for: late, under: policy).map { "\($0.name)" } == ["last_day", "submitted_on"])
            var cancellation = late
            cancellation.kind = .cancellation
            #expect(code.message(for: cancellation, under: policy, as: .rejected).hasPrefix("A return") == false)
            #expect(code.parameters(for: cancellation, under: policy).isEmpty)
        }
        #expect(
            ReasonCode.nothingToProrate.message(for: late, under: policy, as: .rejected)
                .contains("A cancellation refunds what is left of the service"))
    }

    @Test("what would be approved, or only waits for its size, and pays something is offered, and nothing else")
    func offers() throws {
        let policy = try examplePolicy()
        func offers(_ change: (inout RefundRequest) throws -> Void) throws -> Int {
            let request = try exampleRequest {
                $0.kind = .return
                try change(&$0)
            }
            return policy.alternatives(to: request, line: .free, at: request.submittedAt).count
        }
        #expect(try offers { _ in } == 1)
        #expect(try offers { $0.orderNumber = nil } == 1, "what is missing can be sent")
        #expect(try offers { $0.usage?.remaining = 0 } == 0)
        #expect(try offers { $0.dispute = .open } == 0)
        #expect(try offers { $0.service.id = "setup-fee" } == 0)
        // The limit says who has to look, not what a cancellation pays.
        #expect(try offers { $0.invoice.paid = try money("5000.00") } == 1)
        #expect(try offers { $0.invoice.paid = try money("10.00", "GBP") } == 1)
        #expect(
            try offers {
                $0.invoice.paid = try money("5000.00")
                $0.dispute = .open
            } == 0, "whether anything is paid depends on the bank")
        #expect(try offers { $0.usage = nil } == 0)
        #expect(try offers { $0.submittedAt = try instant("2022-02-13T00:00:00Z") } == 0, "it is in time")
    }

    @Test("for want of a paper alone is offered nothing: sent again with it, it gets all that was paid")
    func papersAlone() throws {
        let policy = try examplePolicy()
        let inTime = try exampleRequest {
            $0.kind = .return
            $0.submittedAt = try instant("2022-02-14T09:30:00Z")
            $0.invoice.proofOfPayment = nil
        }
        #expect(policy.judge(inTime).codes == ["missing_proof_of_payment"])
        #expect(policy.alternatives(to: inTime, line: .free, at: inTime.submittedAt).isEmpty)
        var complete = inTime
        complete.invoice.proofOfPayment = "p"
        #expect(policy.judge(complete).refund?.decimal == "10.00")
        // Beside another reason that stays, what is missing takes no offer away.
        var excluded = policy
        (excluded.isReturnable, excluded.terms) = (false, [])
        #expect(excluded.alternatives(to: inTime, line: .free, at: inTime.submittedAt).count == 1)
    }
}
