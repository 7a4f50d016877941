import RefundPolicy
import Testing

@Suite("each rule, on both sides of its edge")
struct RuleTests {
    @Test(
        "a text that shows nothing counts as absent",
        arguments: [
            nil, "", " ", "\t\n", "\u{A0}", "\u{3000}\u{2003}", "\u{200B}", "\u{FEFF} ", "\u{2800}", "\u{3164}",
            "\u{AD}",
            "\u{1D159}", "\u{E0020}",
        ] as [String?])
    func blank(_ text: String?) throws {
        let policy = try examplePolicy()
        let noOrder = try exampleRequest { $0.orderNumber = text }
        #expect(policy.decide(noOrder, line: .free).codes == ["missing_order_number"])
        let noProof = try exampleRequest { $0.invoice.proofOfPayment = text }
        #expect(policy.decide(noProof, line: .free).codes == ["missing_proof_of_payment"])
    }

    @Test("a text that shows anything is there", arguments: ["1", " 1", "é", "\u{A0}x", "0", "-"])
    func present(_ text: String) throws {
        let request = try exampleRequest {
            $0.orderNumber = text
            $0.invoice.proofOfPayment = text
        }
        #expect(try examplePolicy().decide(request, line: .free).outcome == .approved)
    }

    @Test(
        "excluded are the very id, or what starts with the prefix",
        arguments: [
            ("setup-fee", true), ("setup-fee-2", false), ("setup-fe", false), ("Setup-Fee", true),
            ("setup-fee ", true), ("\u{A0}setup-fee", true), ("set\u{200B}up-fee", true), ("ｓｅｔｕｐ-fee", true),
            ("domain-", true), ("DOMAIN-com", true), ("domain", false), ("my-domain-com", false), ("domain-*", true),
        ])
    func excluded(_ id: String, _ isExcluded: Bool) throws {
        let codes: [(RefundRequest.Kind, String)] = [
            (.cancellation, "service_not_cancellable"), (.return, "service_not_returnable"),
        ]
        for (kind, code) in codes {
            let request = try exampleRequest {
                $0.kind = kind
                $0.submittedAt = try instant("2022-02-14T09:30:00Z")
                $0.service.id = id
            }
            #expect(try examplePolicy().judge(request).codes == (isExcluded ? [code] : []))
        }
    }

    @Test("a service that can't be returned may be cancelled all the same, and the reverse")
    func eachKind() throws {
        var policy = try examplePolicy()
        policy.isReturnable = false
        #expect(policy.decide(try exampleRequest(), line: .free).outcome == .approved)
        (policy.isReturnable, policy.isCancellable) = (true, false)
        #expect(policy.decide(try exampleRequest(), line: .free).codes == ["service_not_cancellable"])
        let goodsBack = try exampleRequest {
            $0.kind = .return
            $0.submittedAt = try instant("2022-02-14T09:30:00Z")
        }
        #expect(policy.decide(goodsBack, line: .free).outcome == .approved)
    }

    @Test("a pattern means a service in all spellings of its id")
    func patternSpellings() {
        #expect(ServicePattern("caf\u{E9}").matches("caf\u{E9}"))
        #expect(ServicePattern("caf\u{E9}").matches("cafe\u{301}"))
        #expect(ServicePattern("CAF\u{C9}*").matches("cafe\u{301}-au-lait"))
        #expect(ServicePattern("caf\u{E9}*").matches("CAFE\u{301}s") && ServicePattern("cafe*").matches("cafes"))
        #expect(ServicePattern("stra\u{DF}e").matches("STRASSE"))
        #expect(ServicePattern("caf\u{E9}") == ServicePattern("Cafe\u{301} "))
        #expect(ServicePattern("cafe") != ServicePattern("cafe*"))
        #expect(!ServicePattern("cafe*").matches("caf\u{E9}") && !ServicePattern("cafe*").matches("cafe\u{301}"))
        #expect(ServicePattern("*").matches("") && ServicePattern("*").matches("anything"))
        #expect(!ServicePattern("a*c").matches("abc"))
    }

    @Test(
        "a return is in time until the end of day 7",
        arguments: [
            ("2022-02-12T00:00:00Z", true), ("2022-02-19T00:00:00Z", true), ("2022-02-19T23:59:59.999999Z", true),
            ("2022-02-20T00:00:00Z", false), ("2022-02-20T01:59:59+02:00", true), ("2022-02-19T19:00:00-05:00", false),
        ])
    func window(_ submittedAt: String, _ isInTime: Bool) throws {
        let request = try exampleRequest {
            $0.kind = .return
            $0.submittedAt = try instant(submittedAt)
        }
        let expected = isInTime ? [] : ["return_window_closed"]
        #expect(try examplePolicy().decide(request, line: .free).codes == expected)
    }

    @Test(
        "the window's days are those of the policy's zone",
        arguments: [
            ("Europe/Berlin", "2022-02-19T22:59:59Z", true), ("Europe/Berlin", "2022-02-19T23:00:00Z", false),
            ("America/New_York", "2022-02-20T04:59:59Z", true), ("America/New_York", "2022-02-20T05:00:00Z", false),
            ("Asia/Kolkata", "2022-02-19T18:29:59Z", true), ("Asia/Kolkata", "2022-02-19T18:30:00Z", false),
        ])
    func windowZone(_ zone: String, _ submittedAt: String, _ isInTime: Bool) throws {
        var policy = try examplePolicy()
        policy.timeZone = try #require(PolicyTimeZone(identifier: zone))
        let request = try exampleRequest {
            $0.kind = .return
            $0.submittedAt = try instant(submittedAt)
        }
        #expect(policy.decide(request, line: .free).codes == (isInTime ? [] : ["return_window_closed"]))
    }

    @Test("a window of no days ends with the day of issue")
    func windowOfNone() throws {
        var policy = try examplePolicy()
        policy.returnWindowDays = 0
        for (submittedAt, isInTime) in [("2022-02-12T23:59:59Z", true), ("2022-02-13T00:00:00Z", false)] {
            let request = try exampleRequest {
                $0.kind = .return
                $0.submittedAt = try instant(submittedAt)
            }
            #expect(policy.decide(request, line: .free).reasons.isEmpty == isInTime)
        }
    }

    @Test(
        "a window counts business days, rolls to the next one, and begins with the contract, where the policy says so",
        arguments: [
            // 2022-02-12 was a Saturday; the window's last day, and whether it is from the contract of the 16th.
            ("7d", false, false, "2022-02-19"), ("7d", true, false, "2022-02-22"), ("5bd", false, false, "2022-02-18"),
            ("5bd", false, true, "2022-02-24"), ("0d", true, false, "2022-02-14"), ("14d", false, true, "2022-03-02"),
        ])
    func windowEnds(_ window: String, _ rolls: Bool, _ fromContract: Bool, _ lastDay: String) throws {
        var policy = try PolicyVersion(
            yaml: "contract: 2\nname: a\nversions: [{effective_from: 2022-01-01, return_window: \(window)}]",
            fileName: "a")
        policy.returnWindowRolls = rolls
        policy.returnWindowFrom = fromContract ? .contract : .invoice
        policy.calendar = BusinessCalendar(holidays: [try day("2022-02-21")])
        for (submittedOn, isInTime) in [(try day(lastDay), true), (try day(lastDay).adding(days: 1), false)] {
            let request = try exampleRequest {
                $0.kind = .return
                $0.concludedOn = try day("2022-02-16")
                $0.submittedAt = try instant("\(submittedOn)T23:59:59Z")
            }
            #expect(policy.decide(request, line: .free).reasons.isEmpty == isInTime)
            let told = ReasonCode.returnWindowClosed.message(for: request, under: policy, as: .rejected)
            #expect(
                told.contains("the last day was \(lastDay)") && told.contains(fromContract ? "contract" : "invoice"))
        }
    }

    @Test("a proof of payment may be optional")
    func optionalProof() throws {
        var policy = try examplePolicy()
        policy.proof = .optional
        #expect(policy.decide(try exampleRequest { $0.invoice.proofOfPayment = nil }, line: .free).outcome == .approved)
    }

    @Test("a cancellation has no window")
    func cancellation() throws {
        let request = try exampleRequest { $0.submittedAt = try instant("2032-02-22T09:30:00Z") }
        #expect(try examplePolicy().decide(request, line: .free).outcome == .approved)
    }

    @Test("only a cancellation with neither usage nor term has nothing to prorate")
    func nothingToProrate() throws {
        let policy = try examplePolicy()
        let bare = try exampleRequest { $0.usage = nil }
        #expect(policy.decide(bare, line: .free).codes == ["nothing_to_prorate"])
        #expect(policy.decide(bare, line: .free).calculation == nil)
        let withTerm = try exampleRequest {
            $0.usage = nil
            $0.term = Term(startsOn: try day("2022-02-12"), endsOn: try day("2022-03-12"))
        }
        #expect(policy.decide(withTerm, line: .free).outcome == .approved)
        let wrongUsage = try exampleRequest { $0.usage = Usage(unit: nil, included: 0, remaining: 0) }
        #expect(policy.decide(wrongUsage, line: .free).codes == ["usage_out_of_range"])
        let bareReturn = try exampleRequest {
            $0.usage = nil
            $0.kind = .return
            $0.submittedAt = try instant("2022-02-13T00:00:00Z")
        }
        let decision = policy.decide(bareReturn, line: .free)
        #expect(decision.refund == (try money("10.00")))
        #expect(decision.calculation?.basis == .full)
        var other = policy
        other.returnAmount = .remaining
        #expect(other.decide(bareReturn, line: .free).codes == ["nothing_to_prorate"])
    }

    @Test(
        "one refund for each line",
        arguments: [
            (InvoiceLine.Standing.free, [String]()), (.requested, ["already_requested"]),
            (.refunded, ["already_refunded"]),
        ])
    func oneRefund(_ line: InvoiceLine.Standing, _ codes: [String]) throws {
        #expect(try examplePolicy().decide(exampleRequest(), line: line).codes == codes)
    }

    @Test("a lost dispute rejects, an open one is for review, one that was won is nothing")
    func disputes() throws {
        let policy = try examplePolicy()
        let lost = policy.decide(try exampleRequest { $0.dispute = .lost }, line: .free)
        #expect(lost.codes == ["dispute_lost"] && lost.outcome == .rejected)
        let open = policy.decide(try exampleRequest { $0.dispute = .open }, line: .free)
        #expect(policy.decide(try exampleRequest { $0.dispute = .won }, line: .free).outcome == .approved)
        #expect(open.codes == ["dispute_open"] && open.outcome == .inReview && open.refund == nil)
    }

    @Test("a request of the invoice's day is in order, of the day before is not")
    func submissionDay() throws {
        let policy = try examplePolicy()
        let same = try exampleRequest { $0.submittedAt = try instant("2022-02-12T00:00:00Z") }
        #expect(policy.decide(same, line: .free).reasons.isEmpty)
        let before = try exampleRequest { $0.submittedAt = try instant("2022-02-11T23:59:59.999999Z") }
        let decision = policy.decide(before, line: .free)
        #expect(decision.codes == ["dates_conflict"])
        #expect(decision.calculation?.refund == (try money("7.00")), "the amount does not depend on these dates")
        let elsewhere = try exampleRequest {
            $0.submittedAt = try instant("2022-02-12T00:15:00+02:00")
            $0.senderOffset = SenderOffset(seconds: 7_200)
        }
        #expect(policy.decide(elsewhere, line: .free).reasons.isEmpty, "where the customer is it is the invoice's day")
    }

    @Test("a term that does not end after it starts is for review, and gives no amount where it decides it")
    func termOrder() throws {
        let policy = try examplePolicy()
        for (end, isInOrder) in [("2022-03-13", true), ("2022-03-12", false), ("2022-03-11", false)] {
            let term = Term(startsOn: try day("2022-03-12"), endsOn: try day(end))
            let byUsage = policy.decide(try exampleRequest { $0.term = term }, line: .free)
            #expect(byUsage.codes == (isInOrder ? [] : ["dates_conflict"]))
            #expect(byUsage.calculation?.refund == (try money("7.00")))
            let request = try exampleRequest {
                $0.term = term
                $0.usage = nil
            }
            let byTerm = policy.decide(request, line: .free)
            #expect(byTerm.codes == (isInOrder ? [] : ["dates_conflict"]))
            #expect((byTerm.calculation == nil) == !isInOrder)
        }
    }

    @Test(
        "nothing is left from the day on which the term ends, whatever the usage says; a return knows no term",
        arguments: [("2022-03-11T23:59:59Z", 700), ("2022-03-12T00:00:00Z", 0), ("2023-02-12T00:00:00Z", 0)])
    func termEnded(_ submittedAt: String, _ refund: Int64) throws {
        var policy = try examplePolicy()
        policy.returnWindowDays = 1_000
        for kind in RefundRequest.Kind.allCases {
            let request = try exampleRequest {
                $0.kind = kind
                $0.submittedAt = try instant(submittedAt)
                $0.term = Term(startsOn: try day("2022-02-12"), endsOn: try day("2022-03-12"))
            }
            let decision = policy.decide(request, line: .free)
            #expect(decision.refund?.minorUnits == (kind == .return ? 1_000 : refund))
        }
    }

    @Test("a quota may have decimals, and the fraction is counted in whole numbers")
    func decimals() throws {
        for (included, remaining, fraction, refund) in [
            (100_000_000, 12_500_000, [125, 1_000], 125), (3_000_000, 1, [1, 3_000_000], 0),
            (500_000, 500_000, [5, 5], 1_000),
        ] as [(Int128, Int128, [Int128], Int64)] {
            let request = try exampleRequest {
                $0.usage = Usage(
                    unit: "GB", included: try #require(Quantity(millionths: included)),
                    remaining: try #require(Quantity(millionths: remaining)))
            }
            let calculation = try #require(examplePolicy().decide(request, line: .free).calculation)
            #expect([calculation.numerator, calculation.denominator] == fraction)
            #expect(calculation.refund.minorUnits == refund)
        }
    }

    @Test("a currency that was withdrawn by the day of the decision is for review, unless nothing is paid")
    func withdrawnCurrency() throws {
        let policy = PolicyVersion.standard
        let lev = try exampleRequest {
            $0.invoice.issuedOn = try day("2025-12-29")
            $0.invoice.paid = try money("10.00", "BGN")
            $0.submittedAt = try instant("2025-12-31T10:00:00Z")
        }
        #expect(policy.decide(lev, line: .free, at: try instant("2025-12-31T23:59:59Z")).outcome == .approved)
        let late = policy.decide(lev, line: .free, at: try instant("2026-01-01T00:00:00Z"))
        #expect(late.codes == ["currency_withdrawn"] && late.outcome == .inReview)
        var nothing = lev
        nothing.usage?.remaining = 0
        #expect(policy.decide(nothing, line: .free, at: try instant("2026-01-01T00:00:00Z")).outcome == .approved)
    }

    @Test(
        "the day of submission counts as used; before the start nothing does",
        arguments: [
            ("2022-02-01T00:00:00Z", 28), ("2022-02-11T23:59:59Z", 28), ("2022-02-12T00:00:00Z", 27),
            ("2022-02-22T09:30:00Z", 17), ("2022-03-10T12:00:00Z", 1), ("2022-03-11T00:00:00Z", 0),
            ("2022-03-12T00:00:00Z", 0), ("2032-03-12T00:00:00Z", 0),
        ])
    func unusedDays(_ submittedAt: String, _ unused: Int64) throws {
        let request = try exampleRequest {
            $0.usage = nil
            $0.submittedAt = try instant(submittedAt)
            $0.invoice.issuedOn = try day("2022-02-01")
            $0.invoice.paid = try money("28.00")
            $0.term = Term(startsOn: try day("2022-02-12"), endsOn: try day("2022-03-12"))
        }
        let calculation = try #require(examplePolicy().decide(request, line: .free).calculation)
        #expect(calculation.basis == .term)
        #expect(calculation.numerator == Int128(unused) && calculation.denominator == 28)
        #expect(calculation.refund.minorUnits == unused * 100)
    }

    @Test(
        "what is left is a part of what was included",
        arguments: [
            (1, 0, true), (1, 1, true), (1, 2, false), (1, -1, false), (0, 0, false), (-1, -1, false),
            (Int64.max, Int64.max, true), (Int64.min, 0, false), (Int64.max, Int64.min, false),
        ] as [(Int64, Int64, Bool)])
    func usageRange(_ included: Int64, _ remaining: Int64, _ isInRange: Bool) throws {
        let request = try exampleRequest {
            $0.usage = Usage(unit: nil, included: Quantity(included), remaining: Quantity(remaining))
            $0.term = Term(startsOn: try day("2022-02-12"), endsOn: try day("2022-03-12"))
        }
        let decision = try examplePolicy().decide(request, line: .free)
        #expect(decision.codes == (isInRange ? [] : ["usage_out_of_range"]))
        #expect((decision.calculation == nil) == !isInRange, "a usage out of range does not fall back on the term")
    }

    @Test("a refund at the limit needs no review, a cent more does, and so does any in a currency without a limit")
    func limit() throws {
        var policy = try examplePolicy()
        for (paid, code, codes) in [
            ("1000.00", "USD", []), ("1000.01", "USD", ["amount_over_limit"]), ("0.01", "EUR", ["amount_over_limit"]),
            ("0.00", "EUR", []),
        ] {
            let request = try exampleRequest {
                $0.usage = Usage(unit: nil, included: 1, remaining: 1)
                $0.invoice.paid = try money(paid, code)
            }
            #expect(policy.decide(request, line: .free).codes == codes)
            policy.reviewAbove = nil
            #expect(policy.decide(request, line: .free).codes.isEmpty, "no limit is given at all")
            policy = try examplePolicy()
        }
        let dear = try exampleRequest { $0.invoice.paid = try money("1400.00") }
        #expect(
            policy.decide(dear, line: .free).outcome == .approved, "the limit is for the refund, not for what was paid")
    }

    @Test("all reasons are told at once, in the order of the contract")
    func everything() throws {
        let request = try exampleRequest {
            $0.kind = .return
            $0.submittedAt = try instant("2022-03-22T09:30:00Z")
            $0.orderNumber = nil
            $0.invoice.proofOfPayment = " "
            $0.service.id = "setup-fee"
            $0.dispute = .open
            $0.invoice.paid = try money("5000.00")
            $0.term = Term(startsOn: try day("2022-03-12"), endsOn: try day("2022-03-12"))
        }
        let decision = try examplePolicy().judge(request, line: .refunded)
        #expect(
            decision.codes == [
                "missing_order_number", "missing_proof_of_payment", "service_not_returnable", "return_window_closed",
                "already_refunded", "dispute_open", "dates_conflict", "amount_over_limit",
            ])
        #expect(decision.outcome == .rejected && decision.refund == nil)
    }

    @Test("a set of reasons keeps the contract's order, whatever the order of its making")
    func reasonOrder() {
        #expect(Array(ReasonSet(ReasonCode.allCases.reversed())) == ReasonCode.allCases)
        #expect(ReasonSet([.disputeOpen, .usageOutOfRange]).outcome == .inReview)
        #expect(ReasonSet([.disputeOpen, .rejectedByReview]).outcome == .rejected)
        #expect(ReasonSet().outcome == .approved)
        for code in ReasonCode.allCases { #expect(ReasonSet([code]).outcome == code.outcome) }
    }
}
