/// Another request about the same invoice, as one that is to be decided sees it (contract § 3, "The line").
public struct LineNeighbour: Hashable, Sendable {
    /// How much its line is like the one in question.
    public enum Likeness: Hashable, Sendable, CaseIterable {
        case sameSpelling
        /// The same line, spelled in another way.
        case otherSpelling
        /// Of two lines of one service, one names a subscription and the other does not.
        case subscriptionMissing
        /// The same service by another subscription: another line without a doubt.
        case otherSubscription
        case otherService
    }

    /// What it means for others on its line.
    public enum Bearing: Hashable, Sendable, CaseIterable {
        /// It is over, and nothing was paid.
        case none
        case requested
        case refunded
        /// It has ended the service with nothing left to pay.
        case ended
    }

    public var likeness: Likeness
    public var bearing: Bearing
    /// What it says was paid for its line; `nil` where that is no longer known.
    public var paid: Money?
    /// What it says that the invoice came to.
    public var total: Money?

    public init(likeness: Likeness, bearing: Bearing, paid: Money?, total: Money?) {
        self.likeness = likeness
        self.bearing = bearing
        self.paid = paid
        self.total = total
    }
}

extension LineNeighbour.Likeness {
    /// - Parameters:
    ///   - line: the line in question.
    ///   - other: another line of the same invoice, whatever its spelling.
    public init(of other: InvoiceLine, to line: InvoiceLine) {
        let (mine, its) = (line.identity, other.identity)
        self.init(
            isSpelledAlike: other == line, isSameService: its.service == mine.service,
            isSameSubscription: its.subscription == mine.subscription,
            isSubscriptionMissing: its.subscription.isEmpty != mine.subscription.isEmpty)
    }

    /// For a store, which has compared the parts.
    public init(isSpelledAlike: Bool, isSameService: Bool, isSameSubscription: Bool, isSubscriptionMissing: Bool) {
        self =
            if !isSameService {
                .otherService
            } else if isSubscriptionMissing {
                .subscriptionMissing
            } else if !isSameSubscription {
                .otherSubscription
            } else {
                isSpelledAlike ? .sameSpelling : .otherSpelling
            }
    }
}

/// What is granted and paid on an invoice, whatever its lines (contract § 3, "The line").
public struct InvoiceAccount: Hashable, Sendable {
    /// How many requests about it were ever opened.
    public var requests: Int64
    /// Of all amounts; that of the first request.
    public var currency: Currency
    /// What is granted to open and settled cases, in minor units.
    public var granted: Int64
    /// What was paid for cases that had ended without it, in minor units.
    public var paidAfterEnd: Int64
    /// What the invoice came to, in minor units, by the requests that something was granted to; `nil` where none says so.
    public var total: Int64?

    public init(
        requests: Int64, currency: Currency, granted: Int64 = 0, paidAfterEnd: Int64 = 0, total: Int64? = nil
    ) {
        self.requests = requests
        self.currency = currency
        self.granted = granted
        self.paidAfterEnd = paidAfterEnd
        self.total = total
    }

    /// What of the invoice may still go back; `nil` where nothing says what it came to.
    ///
    /// - Parameter named: what the request in question says, which counts before what others have said.
    package func left(naming named: Money?) -> Money? {
        guard let total = named?.currency == currency ? named?.minorUnits : total else { return nil }
        // Each is bounded by what was paid; where the sum is not, nothing is left.
        let (spent, isTooMuch) = granted.addingReportingOverflow(paidAfterEnd)
        let (left, overflow) = total.subtractingReportingOverflow(spent)
        return Money(minorUnits: isTooMuch || overflow ? 0 : max(0, left), currency: currency)
    }
}
