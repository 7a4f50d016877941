import RefundCase
import RefundMessages
import RefundPolicy

/// What the paths work on: the contract's own example (contract § 3), under other names.
enum Material {
    /// Half an hour after the submission.
    static let now = Instant(microsecondsSinceEpoch: 1_645_524_000_000_000)

    static func requestBody(_ id: String) -> [UInt8] {
        Array(
            """
            {"request_id": "\(id)", "kind": "cancellation", "submitted_at": "2022-02-22T09:30:00Z",
             "order_number": "ORD-1042",
             "service": {"id": "api-requests", "subscription_id": "sub-\(id)"},
             "customer": {"id": "cus-77", "contact": "mailto:a@example.com", "locale": "en"},
             "invoice": {"number": "INV-\(id)", "issued_on": "2022-02-12",
                         "paid": {"amount": "10.00", "currency": "USD"},
                         "proof_of_payment": "https://files.example.com/p/\(id).pdf"},
             "usage": {"unit": "request", "included": 10000, "remaining": 7000},
             "term": {"starts_on": "2022-02-12", "ends_on": "2022-03-12"},
             "payment_method": {"type": "card", "token": "pm_1"},
             "dispute": "none"}
            """.utf8)
    }

    static func replyBody(_ commandID: String) -> [UInt8] {
        Array(
            """
            {"command_id": "\(commandID)", "idempotency_key": "\(commandID)#1",
             "occurred_at": "2022-02-22T09:31:00Z", "reference": "po_77"}
            """.utf8)
    }

    static func request(_ id: String) throws -> RefundRequest {
        try InboundDecoder().decodeStoredRequest(requestBody(id))
    }

    static func openedCase(_ id: String) throws -> RefundCase {
        RefundCase.open(
            try request(id), policy: .standard, standing: .free, traceparent: nil, at: now
        ).0
    }
}
