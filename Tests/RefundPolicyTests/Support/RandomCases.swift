import RefundPolicy
import Testing

/// Requests and policies as chance has them, thick around the edges of the rules.
struct RandomCases {
    var random: SplitMix64

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
    }

    mutating func pick<Element>(_ elements: [Element]) throws -> Element {
        try #require(elements.randomElement(using: &random))
    }

    mutating func request(around issuedOn: CalendarDate) throws -> RefundRequest {
        let kind = try pick(RefundRequest.Kind.allCases)
        let days = random.oneIn(4) ? Int.random(in: -2...400, using: &random) : Int.random(in: -1...9, using: &random)
        let start = Int64(issuedOn.adding(days: days).dayNumber) * 86_400_000_000
        let second = try pick([0, 1, 43_200, 86_399, Int64.random(in: 0..<86_400, using: &random)])
        let texts: [String?] = [nil, "", "  ", "\t", "\u{3000}", "\u{200B}", " \u{2800}", "ORD-1", " x ", "é"]
        let code = try pick(["USD", "EUR", "JPY", "KWD", "CLF"])
        return try exampleRequest { request in
            request.kind = kind
            request.submittedAt = Instant(microsecondsSinceEpoch: start + second * 1_000_000)
            request.senderOffset = SenderOffset(seconds: try pick([0, 0, 3_600, -18_000, 50_400]))
            if random.oneIn(6) { request.orderNumber = try pick(texts) }
            if random.oneIn(6) { request.invoice.proofOfPayment = try pick(texts) }
            request.service.id = try pick([
                "api-requests", "setup-fee", "Setup-Fee ", "domain-com", "domain", "caf\u{E9}", "cafe\u{301}", "",
            ])
            request.invoice.issuedOn = issuedOn
            request.invoice.paid = try money(code)
            request.usage = random.oneIn(3) ? nil : usage()
            request.term = random.oneIn(2) ? nil : term(around: issuedOn)
            request.traits = CustomerTraits(
                country: try pick([nil, "DE", "no", "FR"]), isConsumer: try pick([nil, true, false]),
                segment: try pick([nil, "plus", "Yes"]))
            request.concludedOn = random.oneIn(3) ? issuedOn.adding(days: Int.random(in: -9...9, using: &random)) : nil
            request.dispute = random.oneIn(5) ? try pick([.open, .lost, .won]) : .none
        }
    }

    /// How a request's line may stand.
    mutating func standing(of request: RefundRequest) throws -> InvoiceLine.Standing {
        var standing = try pick(InvoiceLine.Standing.allCases)
        for doubt in InvoiceLine.Standing.Doubt.allCases where random.oneIn(6) { standing.doubts.insert(doubt) }
        guard random.oneIn(3) else { return standing }
        let most = random.oneIn(2) ? 0 : request.invoice.paid.minorUnits
        standing.left = Money(
            minorUnits: Int64.random(in: 0...most, using: &random), currency: request.invoice.paid.currency)
        return standing
    }

    private mutating func money(_ code: String) throws -> Money {
        let currency = try #require(Currency(code: code))
        return try #require(Money(minorUnits: amount(), currency: currency))
    }

    private mutating func amount() -> Int64 {
        Int64.random(in: 0...(Int64.max >> Int64.random(in: 0...62, using: &random)), using: &random)
    }

    private mutating func usage() -> Usage {
        let included = random.oneIn(12) ? Int64.random(in: -1...1, using: &random) : max(1, amount())
        let remaining =
            switch Int.random(in: 0..<8, using: &random) {
            case 0: included
            case 1: included == .max ? included : included + 1
            case 2: Int64.random(in: -1...1, using: &random)
            case 3: included / 2
            default: Int64.random(in: 0...max(0, included), using: &random)
            }
        if random.oneIn(3) {
            // Decimals, whose millionths fit 64 bits.
            let millionths = [included, remaining].compactMap { Quantity(millionths: Int128($0)) }
            if millionths.count == 2 { return Usage(unit: nil, included: millionths[0], remaining: millionths[1]) }
        }
        return Usage(unit: nil, included: Quantity(included), remaining: Quantity(remaining))
    }

    private mutating func term(around day: CalendarDate) -> Term {
        let start = day.adding(days: Int.random(in: -40...40, using: &random))
        let length = random.oneIn(6) ? Int.random(in: -1...1, using: &random) : Int.random(in: 1...800, using: &random)
        return Term(startsOn: start, endsOn: start.adding(days: length))
    }

    mutating func policy() throws -> PolicyVersion {
        var policy = PolicyVersion.standard
        let zones = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Kiritimati", "Etc/UTC"]
        policy.timeZone = try #require(PolicyTimeZone(identifier: pick(zones)))
        policy.name = try pick([
            "standard", "yes", "1e3", "~", "a \"b\" \\c", "名前 🍀", "# no: [x]", "-", "né", "e\u{301}",
        ])
        policy.effectiveFrom = CalendarDate(dayNumber: Int32.random(in: 0...20_000, using: &random))
        policy.returnWindowDays = random.oneIn(2) ? 7 : Int.random(in: 0...3_650, using: &random)
        let (respondWithin, refundWithin) = (duration(from: 1_000), duration(from: 1_000))
        (policy.respondWithin, policy.refundWithin) = (.time(respondWithin), .time(refundWithin))
        policy.atRisk = AtRisk(
            response: .time(min(respondWithin, duration(from: 0))), refund: .time(min(refundWithin, duration(from: 0))))
        if random.oneIn(4) {
            policy.refundWithin = .businessDays(Int.random(in: 2...3_650, using: &random))
            policy.atRisk.refund = random.oneIn(2) ? .time(.seconds(0)) : .businessDays(1)
        }
        let earliest = Int.random(in: 0...20, using: &random)
        policy.funds = FundsWindow(
            earliest: earliest, latest: Int.random(in: earliest...366, using: &random))
        policy.calendar = BusinessCalendar(
            weekend: BusinessCalendar.Weekday.allCases.filter { _ in random.oneIn(4) },
            holidays: (0..<Int.random(in: 0...5, using: &random)).map { _ in
                CalendarDate(dayNumber: Int32.random(in: 19_000...20_000, using: &random))
            })
        policy.returnWindowCounts = random.oneIn(4) ? .business : .calendar
        policy.returnWindowRolls = random.oneIn(4)
        policy.returnWindowFrom = try pick(WindowStart.allCases)
        if random.oneIn(5) { policy.proof = .optional }
        policy.acknowledges = random.oneIn(3)
        let patterns = [
            "setup-fee", "domain-*", "*", "caf\u{E9}", "null", "12", "a: b", "& x", "x,y", "2022-02-12",
        ]
        policy.returnAmount = try pick(ReturnAmount.allCases)
        policy.lateReturn = try pick(LateReturn.allCases)
        (policy.isReturnable, policy.isCancellable) = (!random.oneIn(10), !random.oneIn(10))
        policy.rounding = try pick(Rounding.allCases)
        policy.payout = try pick(PayoutOrder.allCases)
        policy.reviewAbove =
            random.oneIn(3)
            ? nil
            : try ["CLF", "EUR", "JPY", "USD"].filter { _ in random.oneIn(2) }.map { code in
                try money(code)
            }
        let first = duration(from: 1)
        policy.commands = CommandTerms(
            replyWithin: random.oneIn(4)
                ? .businessDays(Int.random(in: 1...5, using: &random)) : .time(duration(from: 1)),
            backoff: Backoff(
                first: first, factor: try pick([1, 2, 1.5, Double.random(in: 1...1_000, using: &random)]),
                cap: max(first, duration(from: 1)),
                jitter: try pick([0, 1, 0.2, Double.random(in: 0...1, using: &random), 1e-9])),
            maxAttempts: Int.random(in: 1...1_000, using: &random))
        policy.terms = try terms(of: policy, for: patterns)
        return policy
    }

    private mutating func terms(of policy: PolicyVersion, for patterns: [String]) throws -> [PolicyTerms] {
        try ["setup", "é: x", "eu"].filter { _ in random.oneIn(3) }.map { name in
            var condition = TermsCondition()
            condition.services = patterns.filter { _ in random.oneIn(4) }.map(ServicePattern.init)
            if random.oneIn(4) { condition.countries = ["DE", "NO"] }
            if random.oneIn(4) { condition.isConsumer = random.oneIn(2) }
            if random.oneIn(4) { condition.segments = [try pick(["plus", "yes", "a: b"])] }
            if random.oneIn(2) { condition.kinds = [try pick(RefundRequest.Kind.allCases)] }
            if random.oneIn(4) { condition.currencies = [try #require(Currency(code: "EUR"))] }
            if condition == TermsCondition() { condition.kinds = [.return] }
            var changed = policy
            changed.isReturnable = !random.oneIn(2)
            changed.isCancellable = !random.oneIn(2)
            changed.returnWindowDays = Int.random(in: 0...30, using: &random)
            if random.oneIn(3) { changed.returnAmount = .remaining }
            if random.oneIn(2) { changed.lateReturn = try pick(LateReturn.allCases) }
            if random.oneIn(3) { changed.proof = try pick(Proof.allCases) }
            if random.oneIn(3) { changed.rounding = try pick(Rounding.allCases) }
            return PolicyTerms(name: name, when: condition, version: changed)
        }
    }

    private mutating func duration(from least: Int64) -> Duration {
        let unit: Int64 = [1, 1_000, 60_000, 3_600_000, 86_400_000].randomElement(using: &random) ?? 1
        return .milliseconds(max(least, Int64.random(in: 0...3_650, using: &random) * unit))
    }
}
