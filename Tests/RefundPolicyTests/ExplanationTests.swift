import RefundPolicy
import Testing

@Suite("what people are told")
struct ExplanationTests {
    private func detail(
        _ rule: String, line: InvoiceLine.Standing = .free, _ change: (inout RefundRequest) throws -> Void = { _ in }
    ) throws -> String {
        let request = try exampleRequest(change)
        let findings = try examplePolicy().applied(to: request).findings(for: request, line: line)
        return try #require(findings.first { $0.rule == rule }).detail
    }

    @Test("the rules come in the order of the contract's codes")
    func order() throws {
        let rules = try examplePolicy().findings(for: exampleRequest(), line: .free).map(\.rule)
        #expect(
            rules == [
                "order_number", "proof_of_payment", "service_cancellable", "return_window", "proratable", "one_refund",
                "left_to_refund", "no_dispute", "dates_consistent", "usage_in_range", "other_requests",
                "currency_exists", "amount_limit",
            ])
    }

    @Test("a finding says what was compared")
    func details() throws {
        #expect(try detail("return_window") == "a cancellation has no window")
        for (submittedAt, expected) in [
            ("2022-02-19T23:59:59Z", "day 7 of 7, in time"), ("2022-02-20T00:00:00Z", "day 8 of 7, too late"),
            ("2022-02-11T00:00:00Z", "1 day before the invoice was issued"),
        ] {
            let found = try detail("return_window") {
                $0.kind = .return
                $0.submittedAt = try instant(submittedAt)
            }
            #expect(found == expected)
        }
        #expect(try detail("usage_in_range") == "7000 left of 10000")
        #expect(
            try detail("usage_in_range") { $0.usage?.remaining = 10_001 }
                == "10001 left of 10000, which is more than was included")
        #expect(try detail("amount_limit") == "7.00 USD is within the review limit of 1000.00 USD")
        #expect(
            try detail("amount_limit") { $0.invoice.paid = try money("5000.00") }
                == "3500.00 USD is over the review limit of 1000.00 USD")
        #expect(
            try detail("amount_limit") { $0.invoice.paid = try money("1", "EUR") }
                == "EUR has no review limit, and other currencies have one")
        #expect(try detail("amount_limit") { $0.usage = nil } == "there is no amount to compare")
        #expect(
            try detail("service_cancellable") { $0.service.id = "domain-com" }
                == "the service cannot be cancelled (terms excluded)")
        #expect(try detail("proratable") { $0.usage = nil } == "neither usage nor a term is given")
        #expect(try detail("one_refund", line: .requested).contains("is open"))
        #expect(try detail("one_refund", line: .refunded).contains("refunded before"))
        #expect(
            try detail("dates_consistent") { $0.submittedAt = try instant("2022-02-11T00:00:00Z") }
                == "submitted on 2022-02-11, before the invoice of 2022-02-12")
    }

    @Test("what nobody has looked at is said to be so")
    func notLookedAt() throws {
        let findings = try examplePolicy().findings(for: exampleRequest(), line: .free, hasLooked: false)
        #expect(findings.filter { $0.holds == nil }.map(\.rule) == ["one_refund", "left_to_refund", "other_requests"])
    }

    @Test("what a message speaks of stands beside it, so that another language needs no parsing")
    func parameters() throws {
        func values(_ code: ReasonCode, _ change: (inout RefundRequest) throws -> Void) throws -> [String] {
            code.parameters(for: try exampleRequest(change), under: try examplePolicy()).map { parameter in
                switch parameter.value {
                case .date(let date): "\(parameter.name)=\(date)"
                case .count(let count): "\(parameter.name)=\(count)"
                case .code(let code): "\(parameter.name)=\(code)"
                }
            }
        }
        #expect(
            try values(.returnWindowClosed) { $0.kind = .return } == [
                "days=7", "issued_on=2022-02-12", "last_day=2022-02-19", "submitted_on=2022-02-22",
            ])
        #expect(
            try values(.datesConflict) { $0.submittedAt = try instant("2022-02-11T00:00:00Z") } == [
                "submitted_on=2022-02-11", "issued_on=2022-02-12",
            ])
        #expect(
            try values(.currencyWithdrawn) { $0.invoice.paid = try money("1", "BGN") } == [
                "currency=BGN", "last_day=2025-12-31",
            ])
        #expect(try values(.disputeLost) { _ in }.isEmpty)
    }

    @Test("a late return is told its last day")
    func lateReturn() throws {
        let request = try exampleRequest {
            $0.kind = .return
            $0.submittedAt = try instant("2022-02-20T00:00:00Z")
        }
        let message = ReasonCode.returnWindowClosed.message(
            for: request, under: try examplePolicy(), as: .rejected)
        #expect(message.contains("within 7 days") && message.contains("2022-02-19") && message.contains("2022-02-20"))
    }

    @Test("nothing of the customer, the payment method or other texts is quoted")
    func privacy() throws {
        let secret = "tok_secret"
        let through = PassedThrough(json: "{\"token\":\"\(secret)\"}", named: [secret])
        let request = try exampleRequest {
            $0.customer = through
            $0.paymentMethod = through
            $0.orderNumber = secret
            $0.service = Service(id: secret, subscriptionID: secret, passedThrough: through)
            $0.invoice.number = secret
            $0.invoice.proofOfPayment = secret
            $0.usage?.unit = secret
            $0.usage?.remaining = 20_000
            $0.term = Term(startsOn: $0.invoice.issuedOn, endsOn: $0.invoice.issuedOn)
        }
        let policy = try examplePolicy()
        for line in InvoiceLine.Standing.allCases {
            for finding in policy.findings(for: request, line: line) { #expect(!finding.detail.contains(secret)) }
        }
        for code in ReasonCode.allCases {
            for outcome in Outcome.allCases {
                let message = code.message(for: request, under: policy, as: outcome)
                #expect(!message.contains(secret) && message.hasSuffix("."))
                #expect(outcome == .inReview || !message.contains("will look"), "a person is promised: \(message)")
            }
        }
        #expect(!"\(request)".contains("\"token\""), "what is passed through does not describe itself")
    }

    @Test("every code has a message of its own")
    func messages() throws {
        let messages = try ReasonCode.allCases.map {
            $0.message(for: try exampleRequest(), under: try examplePolicy(), as: .inReview)
        }
        #expect(Set(messages).count == ReasonCode.allCases.count)
    }
}
