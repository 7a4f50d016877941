import RefundPolicy
import Testing

@Suite("requests at random")
struct RandomRequestTests {
    @Test(
        "are decided as a second reading of the contract decides them",
        arguments: [0xA1, 0xB2, 0xC3, 0xD4] as [UInt64])
    func oracle(_ seed: UInt64) throws {
        var cases = RandomCases(seed: seed)
        var seen: Set<String> = []
        for _ in 0..<100 {
            let policy = try cases.policy()
            let oracle = Oracle(policy: policy)
            for _ in 0..<50 {
                let issuedOn = CalendarDate(dayNumber: Int32.random(in: 15_000...22_000, using: &cases.random))
                let request = try cases.request(around: issuedOn)
                let line = try cases.random.oneIn(4) ? cases.standing(of: request) : .free
                let expected = oracle.judge(request, line: line)
                let decision = policy.judge(request, line: line)
                let found = Oracle.Verdict(
                    outcome: decision.outcome.rawValue, codes: decision.codes,
                    refund: decision.calculation.map { String($0.refund.minorUnits) },
                    fraction: decision.calculation.map { [$0.numerator, $0.denominator] })
                #expect(found == expected, "seed \(seed): \(request) under \(policy), line \(line)")
                #expect((decision.refund != nil) == (expected.outcome == "approved"), "seed \(seed)")
                seen.formUnion(expected.codes + [expected.outcome])
            }
        }
        // A person's rejection is no rule, and a currency's end has tests of its own.
        #expect(seen.count == ReasonCode.allCases.count - 2 + 3, "the cases do not reach every code: \(seen.sorted())")
    }

    @Test("are explained as they are decided", arguments: [0xE5, 0xF6] as [UInt64])
    func findings(_ seed: UInt64) throws {
        let codes: [String: [ReasonCode]] = [
            "order_number": [.missingOrderNumber], "proof_of_payment": [.missingProofOfPayment],
            "service_returnable": [.serviceNotReturnable], "service_cancellable": [.serviceNotCancellable],
            "return_window": [.returnWindowClosed],
            "proratable": [.nothingToProrate], "one_refund": [.alreadyRequested, .alreadyRefunded],
            "no_dispute": [.disputeLost, .disputeOpen], "dates_consistent": [.datesConflict],
            "usage_in_range": [.usageOutOfRange], "left_to_refund": [.nothingLeft],
            "other_requests": [.paidConflict, .similarLine, .anotherService, .alreadyEnded, .proofReused],
            "currency_exists": [.currencyWithdrawn],
            "amount_limit": [.amountOverLimit],
        ]
        var cases = RandomCases(seed: seed)
        for _ in 0..<500 {
            let whole = try cases.policy()
            let request = try cases.request(around: whole.effectiveFrom)
            let policy = whole.applied(to: request)
            let line = try cases.standing(of: request)
            let reasons = policy.decide(request, line: line).reasons
            let findings = policy.findings(for: request, line: line)
            #expect(findings.count == codes.count - 1, "one of the two rules about the service")
            for finding in findings {
                let own = try #require(codes[finding.rule], "\(finding.rule) is not known")
                #expect(finding.holds == !own.contains { reasons.contains($0) }, "seed \(seed): \(finding)")
                #expect(!finding.detail.isEmpty)
            }
        }
    }
}
