/// A customer's request for a refund, as it was sent (contract § 3, `refund.requested`).
///
/// Two requests are equal when every field that the contract names has the same value.
public struct RefundRequest: Hashable, Sendable {
    /// Whether the service is given back within the window, or cancelled at any time.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        case `return` = "return"
        case cancellation = "cancellation"
    }

    public var id: RequestID
    public var kind: Kind
    public var submittedAt: Instant
    /// `nil` when the field is absent or blank: a reason to reject.
    public var orderNumber: String?
    public var service: Service
    public var customer: PassedThrough?
    public var invoice: Invoice
    public var usage: Usage?
    public var term: Term?
    public var paymentMethod: PassedThrough?
    public var dispute: Dispute

    public init(
        id: RequestID, kind: Kind, submittedAt: Instant, orderNumber: String?, service: Service,
        customer: PassedThrough? = nil, invoice: Invoice, usage: Usage? = nil, term: Term? = nil,
        paymentMethod: PassedThrough? = nil, dispute: Dispute = .none
    ) {
        self.id = id
        self.kind = kind
        self.submittedAt = submittedAt
        self.orderNumber = orderNumber
        self.service = service
        self.customer = customer
        self.invoice = invoice
        self.usage = usage
        self.term = term
        self.paymentMethod = paymentMethod
        self.dispute = dispute
    }

    /// What the request asks money back for: at most one open or settled refund exists for each line.
    public var line: InvoiceLine {
        InvoiceLine(
            invoiceNumber: invoice.number, serviceID: service.id, subscriptionID: service.subscriptionID)
    }
}

/// The service that was bought.
public struct Service: Hashable, Sendable {
    public var id: String
    public var subscriptionID: String?
    /// The object as it came, for the systems behind.
    public var passedThrough: PassedThrough

    public init(id: String, subscriptionID: String?, passedThrough: PassedThrough) {
        self.id = id
        self.subscriptionID = subscriptionID
        self.passedThrough = passedThrough
    }
}

/// What was paid, and when it was asked for.
public struct Invoice: Hashable, Sendable {
    public var number: String
    public var issuedOn: CalendarDate
    /// What was paid for the service on that invoice.
    public var paid: Money
    /// What the whole invoice came to; `nil` where the request does not say so.
    public var total: Money?
    /// `nil` when the field is absent or blank: a reason to reject.
    public var proofOfPayment: String?

    public init(
        number: String, issuedOn: CalendarDate, paid: Money, total: Money? = nil, proofOfPayment: String?
    ) {
        self.number = number
        self.issuedOn = issuedOn
        self.paid = paid
        self.total = total
        self.proofOfPayment = proofOfPayment
    }
}

/// How much of a quota is left.
public struct Usage: Hashable, Sendable {
    public var unit: String?
    public var included: Int64
    public var remaining: Int64

    public init(unit: String?, included: Int64, remaining: Int64) {
        self.unit = unit
        self.included = included
        self.remaining = remaining
    }
}

/// The days that were paid for; the end is exclusive.
public struct Term: Hashable, Sendable {
    public var startsOn: CalendarDate
    public var endsOn: CalendarDate

    public init(startsOn: CalendarDate, endsOn: CalendarDate) {
        self.startsOn = startsOn
        self.endsOn = endsOn
    }
}

/// Whether the customer has asked the bank for the money.
public enum Dispute: String, Hashable, Sendable, CaseIterable {
    case none, open, lost
}
