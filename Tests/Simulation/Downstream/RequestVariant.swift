package import RefundPolicy

/// A request as a producer writes it, and what must come of it: worked out here from the contract (§§ 1 and 3), without
/// the worker's rules.
package struct RequestVariant {
    package enum Outcome: String {
        case approved, rejected
        case inReview = "in_review"
    }

    package let id: String
    /// The line whatever its spelling; one that names no subscription counts with those that do.
    package let line: String
    /// Which spelling of the line it is; what surrounds an identifier makes none of its own.
    let spelling: String
    /// Which invoice it is about, whatever its spelling.
    let invoice: String
    package let body: [UInt8]
    /// The same content with other white space and order.
    package let respelled: [UInt8]
    /// Where no other case has the line.
    package let outcome: Outcome
    /// In cents; what an approval pays unless a person names another amount. `nil` where none can be computed.
    let refund: Int?
    let paid: Int
    let currency: String
    /// What a late return is offered in place of it, in cents; `nil` where nothing is.
    let offer: Int?
    let submittedAt: Instant

    private enum Story: CaseIterable {
        case usage, usage2, decimalUsage, usageInTerm, returned, returnedLater, term, termOver, termOverForDays
        case lateReturn, noOrder, noProof, disputeOpen, disputeLost, nothing, large, none
        case excluded, oddUsage, noLimit, nothingInNoLimit
    }

    /// - Parameter line: the invoice that it is about.
    package static func draw(
        id: String, line: String, at now: Instant, using random: inout SeededRandom
    ) -> RequestVariant {
        let story = random.pick(Story.allCases)
        let today = now.dateInUTC
        // What was paid for a line is one amount, unless somebody has it wrong.
        let amounts = [1_000, 999, 2_501, 9_999, 1]
        var paid = random.chance(0.1) ? random.pick(amounts) : amounts[Int(line.utf8.last ?? 0) % amounts.count]
        let spelled = LineSpelling.draw(line: line, using: &random)
        var kind = "cancellation"
        var issuedOn = today
        var order: String? = "ORD-\(id)"
        var proof: String? = "https://files.example.com/\(id).pdf"
        var service = "api-requests"
        var dispute = "none"
        var middle: String? = nil
        var outcome = Outcome.approved
        var refund: Int?
        var offer: Int?
        var currency = "USD"
        func dayBefore(_ days: Int) -> CalendarDate { CalendarDate(dayNumber: today.dayNumber - Int32(days)) }
        func term(from starts: CalendarDate, to ends: CalendarDate) -> String {
            ",\"term\":{\"starts_on\":\"\(starts)\",\"ends_on\":\"\(ends)\"}"
        }

        func useUp(included: Int, remaining: Int) {
            middle = "\"usage\":{\"unit\":\"request\",\"included\":\(included),\"remaining\":\(remaining)}"
            // Half a cent and more is rounded up.
            refund = (2 * paid * remaining + included) / (2 * included)
        }
        let included = random.pick([10_000, 7, 300])
        switch story {
        case .usage, .usage2: useUp(included: included, remaining: random.number(0...included))
        case .none: useUp(included: included, remaining: 0)
        case .decimalUsage:
            // 0.5 steps: twice as many of each, as whole numbers.
            let halves = random.number(0...(2 * included))
            middle =
                "\"usage\":{\"unit\":\"GB\",\"included\":\(included).0,"
                + "\"remaining\":\(halves / 2).\(halves % 2 == 0 ? "0" : "5")}"
            refund = (2 * paid * halves + 2 * included) / (4 * included)
        case .usageInTerm:
            // While the term runs, the days that are gone do not count.
            let gone = random.number(0...27)
            useUp(included: included, remaining: random.number(0...included))
            issuedOn = dayBefore(gone)
            middle = (middle ?? "") + term(from: issuedOn, to: dayBefore(gone - 28))
        case .returned, .returnedLater:
            // In time all that was paid goes back, whatever was used and whatever is left of the term.
            kind = "return"
            let gone = random.number(0...7)
            issuedOn = dayBefore(gone)
            if random.chance(0.7) { useUp(included: included, remaining: random.number(0...included)) }
            if random.chance(0.4) {
                middle = (middle ?? "\"a\":1") + term(from: issuedOn, to: dayBefore(gone - random.number(1...28)))
            }
            refund = paid
        case .term:
            let length = random.number(2...30)
            let gone = random.number(0...(length - 1))
            issuedOn = dayBefore(gone)
            middle = String(term(from: issuedOn, to: dayBefore(gone - length)).dropFirst())
            refund = (2 * paid * (length - gone - 1) + length) / (2 * length)
        case .termOver, .termOverForDays:
            // From the day on which the term ends nothing is left, whatever the usage says.
            let ended = story == .termOver ? 0 : random.number(1...300)
            issuedOn = dayBefore(ended + 28)
            useUp(included: included, remaining: random.number(1...included))
            middle = (middle ?? "") + term(from: issuedOn, to: dayBefore(ended))
            refund = 0
        case .lateReturn:
            kind = "return"
            issuedOn = dayBefore(random.number(8...30))
            if random.chance(0.6) {
                useUp(included: included, remaining: random.number(0...included))
                offer = refund.flatMap { $0 == 0 ? nil : $0 }
                refund = nil
            }
            outcome = .rejected
        case .noOrder:
            useUp(included: included, remaining: 1)
            order = random.chance(0.5) ? nil : "  "
            outcome = .rejected
        case .noProof:
            useUp(included: included, remaining: 1)
            proof = nil
            outcome = .rejected
        case .disputeOpen:
            useUp(included: included, remaining: included / 2)
            dispute = "open"
            outcome = .inReview
        case .disputeLost:
            useUp(included: included, remaining: included)
            dispute = "lost"
            outcome = .rejected
        case .nothing: outcome = .rejected
        case .large:
            paid = 90_000
            useUp(included: 9, remaining: 5)
            outcome = .inReview
        case .noLimit:
            // There is a limit for dollars, and it lets no sum in another currency pass.
            currency = "EUR"
            useUp(included: included, remaining: included)
            outcome = .inReview
        case .nothingInNoLimit:
            currency = "EUR"
            useUp(included: included, remaining: 0)
        case .excluded:
            useUp(included: included, remaining: included)
            service = random.pick(["setup-fee", "Setup-Fee"])
            outcome = .rejected
        case .oddUsage:
            useUp(included: 5, remaining: 6)
            refund = nil
            outcome = .inReview
        }
        let members = [
            "\"request_id\":\"\(id)\"", "\"kind\":\"\(kind)\"", "\"submitted_at\":\"\(now)\"",
            order.map { "\"order_number\":\"\($0)\"" },
            "\"service\":{\"id\":\"\(spelled.service(service))\"\(spelled.subscription)}",
            "\"customer\":{\"id\":\"cus-\(id)\"}",
            "\"invoice\":{\"number\":\"\(spelled.invoice)\",\"issued_on\":\"\(issuedOn)\","
                + "\"paid\":{\"amount\":\"\(Text.dollars(paid))\",\"currency\":\"\(currency)\"}"
                + (proof.map { ",\"proof_of_payment\":\"\($0)\"" } ?? "") + "}",
            middle, "\"payment_method\":{\"type\":\"card\",\"token\":\"pm_\(id)\"}", "\"dispute\":\"\(dispute)\"",
        ].compactMap { $0 }
        return RequestVariant(
            id: id, line: "\(service.lowercased())/\(line)", spelling: "\(spelled.name)/\(service)", invoice: line,
            body: Array("{\(members.joined(separator: ","))}".utf8),
            respelled: Array("{ \"extra\": [1],\n \(members.reversed().joined(separator: " ,\n "))}\n".utf8),
            outcome: outcome, refund: refund, paid: paid, currency: currency, offer: offer, submittedAt: now)
    }
}
