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
        var fraction: [Int64]?
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
        func isNothing(_ text: String?) -> Bool {
            (text ?? "").trimmingCharacters(in: .whitespacesAndNewlines).isEmpty
        }
        if isNothing(request.orderNumber) { rejects.append("missing_order_number") }
        if isNothing(request.invoice.proofOfPayment) { rejects.append("missing_proof_of_payment") }
        let excluded = policy.nonReturnable.map(\.text).contains { pattern in
            // Of the patterns and ids that are drawn, what differs is letters taken apart or not.
            let pattern = pattern.precomposedStringWithCompatibilityMapping.lowercased()
            let id = request.service.id.precomposedStringWithCompatibilityMapping.lowercased()
            return pattern.hasSuffix("*")
                ? Data(id.utf8).starts(with: Data(pattern.utf8).dropLast()) : Data(id.utf8) == Data(pattern.utf8)
        }
        if excluded { rejects.append("service_not_returnable") }
        if request.kind == .return, days(issued, day) > policy.returnWindowDays {
            rejects.append("return_window_closed")
        }
        if request.kind == .cancellation, request.usage == nil, request.term == nil {
            rejects.append("nothing_to_prorate")
        }
        if line.holder == .requested { rejects.append("already_requested") }
        if line.holder == .refunded { rejects.append("already_refunded") }
        if request.dispute == .lost { rejects.append("dispute_lost") }
        if request.dispute == .open { reviews.append("dispute_open") }
        let badTerm = request.term.map { date($0.endsOn) <= date($0.startsOn) } ?? false
        if day < issued || badTerm { reviews.append("dates_conflict") }
        let badUsage = request.usage.map { $0.included < 1 || $0.remaining < 0 || $0.remaining > $0.included } ?? false
        if badUsage { reviews.append("usage_out_of_range") }
        for doubt in ["paid_conflict", "similar_line", "another_service"] {
            if line.doubts.contains(where: { $0.rawValue == doubt }) { reviews.append(doubt) }
        }
        if line.holder == .ended { reviews.append("already_ended") }
        if line.doubts.contains(.proofReused) { reviews.append("proof_reused") }
        let fraction = badUsage ? nil : fraction(request, day: day, badTerm: badTerm)
        var refund = fraction.map { share(request.invoice.paid.minorUnits, $0[0], $0[1]) }
        if let left = line.left.map({ String($0.minorUnits) }), let whole = refund, isGreater(whole, left) {
            refund = left
            if left == "0" {
                rejects.insert("nothing_left", at: rejects.firstIndex(of: "dispute_lost") ?? rejects.count)
            }
        }
        if let refund, let limit = policy.reviewAbove.first(where: { $0.currency == request.invoice.paid.currency }),
            isGreater(refund, String(limit.minorUnits))
        {
            reviews.append("amount_over_limit")
        }
        let outcome = !rejects.isEmpty ? "rejected" : reviews.isEmpty ? "approved" : "in_review"
        return Verdict(outcome: outcome, codes: rejects + reviews, refund: refund, fraction: fraction)
    }

    private func fraction(_ request: RefundRequest, day: Date, badTerm: Bool) -> [Int64]? {
        if let usage = request.usage { return [usage.remaining, usage.included] }
        if let term = request.term {
            guard !badTerm else { return nil }
            let whole = days(date(term.startsOn), date(term.endsOn))
            let nextDay = utc.date(byAdding: .day, value: 1, to: day) ?? day
            let left = days(nextDay, date(term.endsOn))
            return [Int64(left < 0 ? 0 : left > whole ? whole : left), Int64(whole)]
        }
        return request.kind == .return ? [1, 1] : nil
    }

    private func date(_ day: CalendarDate) -> Date {
        let parts = day.description.split(separator: "-").compactMap { Int($0) }
        return utc.date(from: DateComponents(year: parts[0], month: parts[1], day: parts[2])) ?? .distantPast
    }

    private func days(_ start: Date, _ end: Date) -> Int {
        utc.dateComponents([.day], from: start, to: end).day ?? 0
    }

    /// paid × numerator / denominator in decimal digits, rounded by the policy's rule.
    private func share(_ paid: Int64, _ numerator: Int64, _ denominator: Int64) -> String {
        let product = multiply(digits(paid), digits(numerator))
        let (quotient, remainder) = divide(product, by: digits(denominator))
        let doubled = multiply(remainder, [2])
        let half = compare(doubled, digits(denominator))
        let up =
            switch policy.rounding {
            case .down: false
            case .halfUp: half >= 0
            case .halfEven: half > 0 || half == 0 && (quotient.last ?? 0) % 2 == 1
            }
        return text(up ? add(quotient, [1]) : quotient)
    }

    private func digits(_ value: Int64) -> [Int] { String(value).compactMap(\.wholeNumberValue) }

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
