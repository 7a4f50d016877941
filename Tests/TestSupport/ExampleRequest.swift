public import RefundPolicy

extension RefundRequest {
    /// The policy's own example: $10.00 for 10,000 requests, 7,000 left after ten days → $7.00.
    public static func example(
        id: String = "rr-1042", kind: Kind = .cancellation, submittedAt: Instant = Example.submittedAt,
        orderNumber: String? = "ORD-1042", paid: Money = money(1_000),
        usage: Usage? = Usage(unit: "request", included: 10_000, remaining: 7_000),
        proofOfPayment: String? = "https://files.example.com/p/1.pdf", dispute: Dispute = .none
    ) -> RefundRequest {
        RefundRequest(
            id: requestID(id), kind: kind, submittedAt: submittedAt, orderNumber: orderNumber,
            service: Service(
                id: "api-requests", subscriptionID: "sub-9",
                passedThrough: PassedThrough(
                    json: #"{"id": "api-requests", "subscription_id": "sub-9"}"#, named: [])),
            customer: PassedThrough(json: #"{"id": "cus-77"}"#, named: [#""cus-77""#, nil, nil]),
            invoice: Invoice(
                number: "INV-2022-0042", issuedOn: day("2022-02-12"), paid: paid, proofOfPayment: proofOfPayment),
            usage: usage, term: Term(startsOn: day("2022-02-12"), endsOn: day("2022-03-12")),
            paymentMethod: PassedThrough(
                json: #"{"type": "card", "token": "pm_1"}"#, named: [#""card""#, #""pm_1""#]),
            dispute: dispute)
    }
}

/// The instants of the policy's own example under the standard policy.
public enum Example {
    public static let submittedAt = instant("2022-02-22T09:30:00Z")
    /// When a worker got it.
    public static let receivedAt = instant("2022-02-22T09:30:01Z")
    /// Ten minutes into the case's life, before any reply is due.
    public static let later = instant("2022-02-22T09:40:00Z")
    public static let respondBy = instant("2022-02-25T09:30:00Z")
    public static let responseAtRisk = instant("2022-02-24T21:30:00Z")
    public static let refundBy = instant("2022-03-08T09:30:00Z")
    public static let refundAtRisk = instant("2022-03-06T09:30:00Z")
}

extension PolicyVersion {
    /// The standard policy with other terms for commands.
    public static func example(
        payout: PayoutOrder = .onApproval, maxAttempts: Int = 8, reviewAbove: [Money] = [],
        coolingOff: Duration = .zero
    ) -> PolicyVersion {
        var policy = PolicyVersion.standard
        policy.payout = payout
        policy.commands.maxAttempts = maxAttempts
        policy.reviewAbove = reviewAbove.isEmpty ? nil : reviewAbove
        policy.coolingOff = .time(coolingOff)
        return policy
    }
}
