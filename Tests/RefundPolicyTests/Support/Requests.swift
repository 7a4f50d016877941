import RefundPolicy
import Testing

/// The policy of the contract's own example.
let contractExample = """
    name: standard
    versions:
      - effective_from: 2022-02-12
        time_zone: UTC
        return_window: 7d
        respond_within: 3d
        refund_within: 14d
        at_risk: {response: 12h, refund: 2d}        # how long before a deadline the alert goes out
        calendar: {weekend: [sat, sun], holidays: [2022-12-26]}
        funds: {earliest: 1, latest: 2}             # business days
        rounding: half_up
        payout: on_approval                          # or after_revocation
        review_above: {USD: "1000.00"}
        terms:
          - name: excluded
            when: {service: [setup-fee, "domain-*"]}
            returnable: false
            cancellable: false
        commands: {reply_within: 15m, backoff: {first: 1m, factor: 2, cap: 12h, jitter: 0.2}, max_attempts: 8}
    """

/// The only version of the contract's example.
func examplePolicy() throws -> PolicyVersion {
    try #require(Policy(yaml: contractExample, fileName: "policy.yaml").versions.first)
}

func day(_ text: String) throws -> CalendarDate {
    try #require(CalendarDate(text), "\(text) is no date")
}

func instant(_ text: String) throws -> Instant {
    try #require(Instant(text), "\(text) is no instant")
}

func money(_ decimal: String, _ code: String = "USD") throws -> Money {
    try Money.parse(decimal: decimal, currency: #require(Currency(code: code)))
}

/// The policy's own example, to be changed in one place by each test: $10.00, 7,000 of 10,000 left after ten days.
func exampleRequest(_ change: (inout RefundRequest) throws -> Void = { _ in }) throws -> RefundRequest {
    var request = RefundRequest(
        id: try #require(RequestID("rr-1042")), kind: .cancellation, submittedAt: try instant("2022-02-22T09:30:00Z"),
        orderNumber: "ORD-1042",
        service: Service(
            id: "api-requests", subscriptionID: "sub-9", passedThrough: PassedThrough(json: "{}", named: [])),
        invoice: Invoice(
            number: "INV-2022-0042", issuedOn: try day("2022-02-12"), paid: try money("10.00"),
            proofOfPayment: "https://files.example.com/p/1.pdf"),
        usage: Usage(unit: "request", included: 10_000, remaining: 7_000))
    try change(&request)
    return request
}

extension PolicyVersion {
    /// Judges a request as a case would be: by the terms that hold for it.
    func judge(_ request: RefundRequest, line: InvoiceLine.Standing = .free, at decidedAt: Instant? = nil) -> Decision {
        applied(to: request).decide(request, line: line, at: decidedAt)
    }
}

extension Decision {
    /// The names of the reasons, in order.
    var codes: [String] { reasons.map(\.name) }
}
