import RefundCase
public import RefundPolicy

/// What a transaction adds to an invoice's account (contract § 3, "The line").
public struct InvoiceBooking: Hashable, Sendable {
    /// `LineIdentity.invoice`
    public var invoice: String
    /// How many requests about it are opened.
    public var opened: Int64
    /// Of all amounts; an account of another currency takes none of them.
    public var currency: Currency
    /// What is granted more, or less where it is negative, in minor units.
    public var granted: Int64
    public var paidAfterEnd: Int64
    /// What the invoice came to, by a request that something is granted to; `nil` where none says so.
    public var total: Int64?
    /// How many requests were known to be opened when it was decided; `nil` where nobody asked. Where there are more by now,
    /// others have to be heard: it is decided again.
    public var expected: Int64?
}

extension CaseChanges {
    /// One for each invoice, in the order of their identities.
    ///
    /// - Parameter loaded: what the changes were decided on.
    public func bookings(seeing loaded: LoadedCases) -> [InvoiceBooking] {
        var bookings: [String: InvoiceBooking] = [:]
        for change in cases {
            guard var booking = InvoiceBooking(change) else { continue }
            if change.id == nil, loaded.lines[change.refundCase.request.line] != nil {
                booking.expected = loaded.accounts[booking.invoice]?.requests ?? 0
            }
            bookings[booking.invoice]?.add(booking)
            bookings[booking.invoice] = bookings[booking.invoice] ?? booking
        }
        return bookings.values.sorted { $0.invoice.utf8.lexicographicallyPrecedes($1.invoice.utf8) }
    }
}

extension InvoiceBooking {
    /// `nil` where nothing is booked.
    fileprivate init?(_ change: CaseChange) {
        self.init(
            of: change.refundCase, isNew: change.id == nil, grantedBefore: change.grantedBefore,
            paidBefore: change.paidAfterEndBefore)
    }

    /// - Parameters:
    ///   - grantedBefore: in minor units, as `paidBefore`.
    init?(of refundCase: RefundCase, isNew: Bool, grantedBefore: Int64, paidBefore: Int64) {
        let granted = refundCase.granted.minorUnits - grantedBefore
        let paid = refundCase.paidAfterEnd.minorUnits - paidBefore
        guard isNew || granted != 0 || paid != 0 else { return nil }
        let request = refundCase.request
        let total = granted > 0 ? request.invoice.total : nil
        self.init(
            invoice: request.line.identity.invoice, opened: isNew ? 1 : 0, currency: request.invoice.paid.currency,
            granted: granted, paidAfterEnd: paid,
            total: total?.currency == request.invoice.paid.currency ? total?.minorUnits : nil)
    }

    /// Two bookings of one invoice; amounts of another currency are left out.
    fileprivate mutating func add(_ other: InvoiceBooking) {
        opened += other.opened
        expected = expected ?? other.expected
        guard currency == other.currency else { return }
        granted = granted.addingSaturated(other.granted)
        paidAfterEnd = paidAfterEnd.addingSaturated(other.paidAfterEnd)
        total = other.total ?? total
    }
}

extension InvoiceAccount {
    /// The account once a booking was made; `nil` stands for one that is not there yet.
    static func following(_ account: InvoiceAccount?, _ booking: InvoiceBooking) -> InvoiceAccount {
        var next = account ?? InvoiceAccount(requests: 0, currency: booking.currency)
        next.requests += booking.opened
        guard next.currency == booking.currency else { return next }
        next.granted = next.granted.addingSaturated(booking.granted)
        next.paidAfterEnd = next.paidAfterEnd.addingSaturated(booking.paidAfterEnd)
        next.total = booking.total ?? next.total
        return next
    }
}

extension Int64 {
    fileprivate func addingSaturated(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other > 0 ? .max : .min) : sum
    }
}
