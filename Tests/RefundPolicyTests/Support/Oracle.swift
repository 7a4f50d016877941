import Foundation
import RefundPolicy

/// The contract read a second time, by other means: amounts by long multiplication and division of digits, days by
/// Foundation's calendar, codes by name. It shares no arithmetic with what it checks.
struct Oracle {
    struct Verdict: Equatable {
        var outcome: String
        var codes: [String]
        /// Minor units of the calculation, where there is one.
        var refund: String?
        var fraction: [Int128]?
    }

    let policy: PolicyVersion
    private let calendar: Calendar
    private let utc: Calendar

    init(policy: PolicyVersion) {
        self.policy = policy
        utc = Oracle.calendar(.gmt)
        calendar = Oracle.calendar(TimeZone(identifier: policy.timeZone.identifier) ?? .gmt)
    }

    private static func calendar(_ zone: TimeZone) -> Calendar {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        return calendar
    }

    func judge(_ request: RefundRequest, line: InvoiceLine.Standing) -> Verdict {
        let moment = Date(timeIntervalSince1970: Double(request.submittedAt.microsecondsSinceEpoch) / 1_000_000)
        let submitted = calendar.dateComponents([.year, .month, .day], from: moment)
        let day =
            utc.date(from: DateComponents(year: submitted.year, month: submitted.month, day: submitted.day)) ?? moment
        let issued = date(request.invoice.issuedOn)
        var rejects: [String] = []
        var reviews: [String] = []
        // "Judged as one" (§ 1): what is a cancellation in the end is one for all that follows, its terms included. Only
        // whether the return came too late is for the terms that it was asked for under.
        let asked = terms(for: request)
        let isLate = request.kind == .return && day > lastDay(of: request, under: asked, issued: issued)
        var judged = request
        if isLate, asked.lateReturn == .cancel { judged.kind = .cancellation }
        let terms = terms(for: judged)
        func isNothing(_ text: String?) -> Bool {
            (text ?? "").unicodeScalars.allSatisfy { scalar in
                CharacterSet.whitespacesAndNewlines.contains(scalar)
                    || "\u{200B}\u{2800}\u{FEFF}".unicodeScalars.contains(scalar)
            }
        }
        if isNothing(request.orderNumber) { rejects.append("missing_order_number") }
        if terms.proof == .required, isNothing(request.invoice.proofOfPayment) {
            rejects.append("missing_proof_of_payment")
        }
        let isReturn = judged.kind == .return
        if isReturn, !terms.isReturnable { rejects.append("service_not_returnable") }
        if !isReturn, !terms.isCancellable { rejects.append("service_not_cancellable") }
        if isReturn, isLate { rejects.append("return_window_closed") }
        let getsAll = isReturn && terms.returnAmount == .full
        if !getsAll, request.usage == nil, request.term == nil { rejects.append("nothing_to_prorate") }
        if line.holder == .requested { rejects.append("already_requested") }
        if line.holder == .refunded { rejects.append("already_refunded") }
        if request.dispute == .lost { rejects.append("dispute_lost") }
        if request.dispute == .open { reviews.append("dispute_open") }
        let badTerm = request.term.map { date($0.endsOn) <= date($0.startsOn) } ?? false
        let there = moment.addingTimeInterval(Double(request.senderOffset.seconds))
        let isBefore = day < issued && utc.startOfDay(for: there) < issued
        if isBefore || badTerm { reviews.append("dates_conflict") }
        let badUsage =
            request.usage.map {
                $0.included.millionths < 1 || $0.remaining.millionths < 0
                    || $0.remaining.millionths > $0.included.millionths
            } ?? false
        if badUsage { reviews.append("usage_out_of_range") }
        for doubt in ["paid_conflict", "similar_line", "another_service"] {
            if line.doubts.contains(where: { $0.rawValue == doubt }) { reviews.append(doubt) }
        }
        if line.holder == .ended { reviews.append("already_ended") }
        if line.doubts.contains(.proofReused) { reviews.append("proof_reused") }
        let fraction = getsAll ? [1, 1] : fraction(request, day: day, badTerm: badTerm, badUsage: badUsage)
        var refund = fraction.map { share(request.invoice.paid.minorUnits, $0[0], $0[1], terms.rounding) }
        if let left = line.left.map({ String($0.minorUnits) }), let whole = refund, isGreater(whole, left) {
            refund = left
            if left == "0" {
                rejects.insert("nothing_left", at: rejects.firstIndex(of: "dispute_lost") ?? rejects.count)
            }
        }
        if let refund, refund != "0", let limits = terms.reviewAbove {
            let limit = limits.first { $0.currency == request.invoice.paid.currency }
            if limit.map({ isGreater(refund, String($0.minorUnits)) }) ?? true { reviews.append("amount_over_limit") }
        }
        let outcome = !rejects.isEmpty ? "rejected" : reviews.isEmpty ? "approved" : "in_review"
        return Verdict(outcome: outcome, codes: rejects + reviews, refund: refund, fraction: fraction)
    }

    /// The last day of the window, walked to day by day.
    private func lastDay(of request: RefundRequest, under terms: PolicyVersion, issued: Date) -> Date {
        func works(_ day: Date) -> Bool {
            let weekday = (utc.component(.weekday, from: day) + 5) % 7
            return !terms.calendar.weekend.map(\.rawValue).contains(weekday)
                && !terms.calendar.holidays.map(date).contains(day)
        }
        func next(_ day: Date) -> Date { utc.date(byAdding: .day, value: 1, to: day) ?? day }
        var day = terms.returnWindowFrom == .contract ? request.concludedOn.map(date) ?? issued : issued
        if terms.returnWindowCounts == .business {
            for _ in 0..<terms.returnWindowDays {
                day = next(day)
                while !works(day) { day = next(day) }
            }
        } else {
            day = utc.date(byAdding: .day, value: terms.returnWindowDays, to: day) ?? day
        }
        while terms.returnWindowRolls, !works(day) { day = next(day) }
        return day
    }

    private func terms(for request: RefundRequest) -> PolicyVersion {
        policy.terms.first { terms in isMeant(request, by: terms.when) }?.version ?? policy
    }

    /// Whether terms are meant for a request; services by a reading of their spelling of its own.
    private func isMeant(_ request: RefundRequest, by condition: TermsCondition) -> Bool {
        func plain(_ text: String) -> String {
            text.decomposedStringWithCompatibilityMapping.lowercased().trimmingCharacters(in: .whitespaces)
        }
        let isService = condition.services.contains { pattern in
            let (id, text) = (plain(request.service.id), plain(pattern.text))
            return text.hasSuffix("*") ? Data(id.utf8).starts(with: Data(text.utf8).dropLast()) : id == text
        }
        return (condition.services.isEmpty || isService)
            && (condition.countries.isEmpty
                || request.traits.country.map { condition.countries.contains($0.uppercased()) } == true)
            && (condition.isConsumer.map { $0 == request.traits.isConsumer } ?? true)
            && (condition.segments.isEmpty
                || request.traits.segment.map { condition.segments.contains($0.lowercased()) } == true)
            && (condition.kinds.isEmpty || condition.kinds.contains(request.kind))
            && (condition.currencies.isEmpty || condition.currencies.contains(request.invoice.paid.currency))
    }

    /// What remains: nothing after the term's end, else by usage, else by the days of the term.
    private func fraction(_ request: RefundRequest, day: Date, badTerm: Bool, badUsage: Bool) -> [Int128]? {
        let whole = request.term.map { days(date($0.startsOn), date($0.endsOn)) } ?? 0
        if let term = request.term, day >= date(term.endsOn) { return [0, Int128(whole < 1 ? 1 : whole)] }
        if let usage = request.usage {
            guard !badUsage else { return nil }
            var pair = [usage.remaining.millionths, usage.included.millionths]
            // Tenths that neither needs are taken off, six places at most.
            for _ in 0..<6 where pair.allSatisfy({ $0 % 10 == 0 }) { pair = pair.map { $0 / 10 } }
            return pair
        }
        guard let term = request.term, !badTerm else { return nil }
        let nextDay = utc.date(byAdding: .day, value: 1, to: day) ?? day
        let left = days(nextDay, date(term.endsOn))
        return [Int128(left < 0 ? 0 : left > whole ? whole : left), Int128(whole)]
    }

    private func date(_ day: CalendarDate) -> Date {
        let parts = day.description.split(separator: "-").compactMap { Int($0) }
        return utc.date(from: DateComponents(year: parts[0], month: parts[1], day: parts[2])) ?? .distantPast
    }

    private func days(_ start: Date, _ end: Date) -> Int {
        utc.dateComponents([.day], from: start, to: end).day ?? 0
    }

    /// paid × numerator / denominator in decimal digits, rounded by the policy's rule.
    private func share(
        _ paid: Int64, _ numerator: Int128, _ denominator: Int128, _ rounding: Rounding
    ) -> String {
        let product = multiply(digits(Int128(paid)), digits(numerator))
        let (quotient, remainder) = divide(product, by: digits(denominator))
        let doubled = multiply(remainder, [2])
        let half = compare(doubled, digits(denominator))
        let up =
            switch rounding {
            case .down: false
            case .halfUp: half >= 0
            case .halfEven: half > 0 || half == 0 && (quotient.last ?? 0) % 2 == 1
            }
        return text(up ? add(quotient, [1]) : quotient)
    }

    private func digits(_ value: Int128) -> [Int] { String(value).compactMap(\.wholeNumberValue) }

    private func text(_ digits: [Int]) -> String {
        let significant = digits.drop { $0 == 0 }
        return significant.isEmpty ? "0" : significant.map(String.init).joined()
    }

    private func isGreater(_ left: String, _ right: String) -> Bool {
        left.count == right.count ? left > right : left.count > right.count
    }

    private func compare(_ left: [Int], _ right: [Int]) -> Int {
        let (left, right) = (text(left), text(right))
        return left == right ? 0 : isGreater(left, right) ? 1 : -1
    }

    private func multiply(_ left: [Int], _ right: [Int]) -> [Int] {
        var columns = [Int](repeating: 0, count: left.count + right.count)
        for (i, a) in left.reversed().enumerated() {
            for (j, b) in right.reversed().enumerated() { columns[i + j] += a * b }
        }
        return carried(columns)
    }

    private func add(_ left: [Int], _ right: [Int]) -> [Int] {
        var columns = [Int](repeating: 0, count: max(left.count, right.count) + 1)
        for (i, a) in left.reversed().enumerated() { columns[i] += a }
        for (i, b) in right.reversed().enumerated() { columns[i] += b }
        return carried(columns)
    }

    private func carried(_ columns: [Int]) -> [Int] {
        var carry = 0
        var digits: [Int] = []
        for column in columns {
            digits.append((column + carry) % 10)
            carry = (column + carry) / 10
        }
        while carry > 0 {
            digits.append(carry % 10)
            carry /= 10
        }
        return digits.reversed()
    }

    /// Long division: one digit of the quotient after the other, by counting how often the divisor fits.
    private func divide(_ dividend: [Int], by divisor: [Int]) -> (quotient: [Int], remainder: [Int]) {
        var quotient: [Int] = []
        var remainder: [Int] = []
        for digit in dividend {
            remainder = Array((remainder + [digit]).drop { $0 == 0 })
            var times = 0
            while compare(remainder, divisor) >= 0 {
                remainder = subtract(remainder, divisor)
                times += 1
            }
            quotient.append(times)
        }
        return (quotient, remainder)
    }

    private func subtract(_ left: [Int], _ right: [Int]) -> [Int] {
        var digits = Array(left.reversed())
        for (i, b) in right.reversed().enumerated() where i < digits.count { digits[i] -= b }
        for i in digits.indices where digits[i] < 0 {
            digits[i] += 10
            digits[i + 1] -= 1
        }
        return Array(digits.reversed().drop { $0 == 0 })
    }
}
