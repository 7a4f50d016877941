/// Good inputs, written by hand after the contract. What must never be told is marked.
enum Samples {
    static let secret = "SECRET4242"

    static let messages: [String: String] = [
        "refund.requested": """
        {"request_id": "rr-1042", "kind": "cancellation", "submitted_at": "2022-02-22T09:30:00Z",
         "order_number": "ORD-1042", "service": {"id": "api-requests", "subscription_id": "sub-9"},
         "customer": {"id": "cus-77", "contact": "mailto:\(secret)@example.com", "locale": "en"},
         "invoice": {"number": "INV-2022-0042", "issued_on": "2022-02-12", "paid": {"amount": "10.00", "currency": "USD"},
                     "proof_of_payment": "https://files.example.com/p/1.pdf"},
         "usage": {"unit": "request", "included": 10000, "remaining": 7000},
         "term": {"starts_on": "2022-02-12", "ends_on": "2022-03-12"},
         "payment_method": {"type": "card", "token": "\(secret)"}, "dispute": "none", "version": 2}
        """,
        "refund.withdrawn":
            #"{"request_id": "rr-1", "submitted_at": "2022-02-22T09:30:00+01:00", "reason": "second thoughts"}"#,
        "refund.reviewed": """
        {"action_id": "act-1", "request_id": "rr-1", "verdict": "approve", "amount": {"amount": "7.00", "currency": "USD"},
         "by": "ann", "note": "looked at", "reference": "w-1", "reason_text": "as agreed"}
        """,
        "refund.retried": #"{"action_id": "act-2", "request_id": "rr-1", "by": "bob", "note": "again"}"#,
        "payouts.paused": #"{"action_id": "act-3", "by": "bob", "note": "paid twice"}"#,
        "payouts.resumed": #"{"action_id": "act-4", "pause": "act-3", "by": "bob", "note": "mended"}"#,
        "command.succeeded":
            #"{"command_id": "rr-1/payout", "idempotency_key": "rr-1/payout#1", "occurred_at": "2022-02-22T10:00:00Z", "reference": "r"}"#,
        "command.failed": """
        {"command_id": "rr-1/revoke", "idempotency_key": "rr-1/revoke#2", "occurred_at": "2022-02-22T10:00:00.5Z",
         "code": "busy", "message": "later", "retryable": true}
        """,
    ]

    static let policy = """
        name: standard
        versions:
          - effective_from: 2022-02-12
            time_zone: UTC
            return_window: 7d
            respond_within: 3d
            refund_within: 14d
            at_risk: {response: 12h, refund: 2d}
            calendar: {weekend: [sat, sun], holidays: [2022-12-26]}
            funds: {earliest: 1, latest: 2}
            terms: [{name: fee, when: {service: [setup-fee, "domain-*"]}, returnable: false, return_window: 5bd}]
            rounding: half_up
            payout: on_approval
            cooling_off: 0s
            review_above: {USD: "1000.00"}
            commands: {reply_within: 15m, backoff: {first: 1m, factor: 2, cap: 12h, jitter: 0.2}, max_attempts: 8}
          - effective_from: 2023-01-01
            time_zone: Europe/Berlin
            return_window: 14d
        """
}
