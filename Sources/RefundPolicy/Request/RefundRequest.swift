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
    /// How far the sender's clock was ahead of UTC, by what `submitted_at` says; no part of the request's content,
    /// since one instant is written in many ways.
    public var senderOffset: SenderOffset
    /// `nil` when the field is absent or blank.
    public var orderNumber: String?
    public var service: Service { didSet { line = RefundRequest.line(invoice, service) } }
    public var customer: PassedThrough?
    /// What the policy's terms may ask about the customer.
    public var traits: CustomerTraits
    public var invoice: Invoice {
        didSet {
            line = RefundRequest.line(invoice, service)
            proofUse = invoice.proofUse(on: line)
        }
    }
    public var usage: Usage?
    public var term: Term?
    /// The day on which the contract was concluded; `nil` where the request does not say.
    public var concludedOn: CalendarDate?
    public var paymentMethod: PassedThrough?
    public var dispute: Dispute
    /// What the request asks money back for: at most one open or settled refund exists for each line. Worked out once.
    public private(set) var line: InvoiceLine
    /// `nil` where the request carries no proof. Worked out once.
    public private(set) var proofUse: ProofUse?

    public init(
        id: RequestID, kind: Kind, submittedAt: Instant, senderOffset: SenderOffset = SenderOffset(seconds: 0),
        orderNumber: String?, service: Service,
        customer: PassedThrough? = nil, traits: CustomerTraits = CustomerTraits(), invoice: Invoice,
        usage: Usage? = nil, term: Term? = nil, concludedOn: CalendarDate? = nil,
        paymentMethod: PassedThrough? = nil, dispute: Dispute = .none
    ) {
        self.id = id
        self.kind = kind
        self.submittedAt = submittedAt
        self.senderOffset = senderOffset
        self.orderNumber = orderNumber
        self.service = service
        self.customer = customer
        self.traits = traits
        self.invoice = invoice
        self.usage = usage
        self.term = term
        self.concludedOn = concludedOn
        self.paymentMethod = paymentMethod
        self.dispute = dispute
        line = RefundRequest.line(invoice, service)
        proofUse = invoice.proofUse(on: line)
    }

    private static func line(_ invoice: Invoice, _ service: Service) -> InvoiceLine {
        InvoiceLine(
            invoiceNumber: invoice.number, serviceID: service.id, subscriptionID: service.subscriptionID)
    }
}

/// How far a sender's clock is ahead of UTC. All are equal: requests are the same whatever clock they were written by.
public struct SenderOffset: Hashable, Sendable {
    public var seconds: Int

    public init(seconds: Int) {
        self.seconds = seconds
    }

    public static func == (left: SenderOffset, right: SenderOffset) -> Bool { true }
    public func hash(into hasher: inout Hasher) {}
}

/// What a request says of its customer, as far as terms go by it; `nil` where it does not say, or in another form.
public struct CustomerTraits: Hashable, Sendable {
    /// The country's code, such as `DE`.
    public var country: String?
    public var isConsumer: Bool?
    /// Such as `plus`.
    public var segment: String?

    public init(country: String? = nil, isConsumer: Bool? = nil, segment: String? = nil) {
        self.country = country
        self.isConsumer = isConsumer
        self.segment = segment
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
    /// `nil` when the field is absent or blank.
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
    public var included: Quantity
    public var remaining: Quantity

    public init(unit: String?, included: Quantity, remaining: Quantity) {
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
    case none, open, lost, won
}
