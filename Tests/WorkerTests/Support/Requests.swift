import Foundation

/// Requests to send, as JSON.
enum Requests {
    /// The policy's own example as a cancellation, with its own invoice unless told otherwise.
    static func cancellation(_ id: String, changing change: (inout [String: Any]) -> Void = { _ in }) -> [UInt8] {
        var request: [String: Any] = [
            "request_id": id, "kind": "cancellation", "submitted_at": "2022-02-22T09:30:00Z",
            "order_number": "ORD-\(id)",
            "service": ["id": "api-requests", "subscription_id": "sub-\(id)"],
            "customer": ["id": "cus-\(id)", "contact": "mailto:\(id)@example.com"],
            "invoice": [
                "number": "INV-\(id)", "issued_on": "2022-02-12", "paid": ["amount": "10.00", "currency": "USD"],
                "proof_of_payment": "https://files.example.com/p/\(id).pdf",
            ],
            "usage": ["unit": "request", "included": 10_000, "remaining": 7_000],
            "payment_method": ["type": "card", "token": "pm_\(id)"],
        ]
        change(&request)
        return (try? Array(JSONSerialization.data(withJSONObject: request, options: [.sortedKeys]))) ?? []
    }

    /// What a system says that has carried out a command under its first key.
    static func success(of command: String) -> [UInt8] {
        let body =
            #"{"command_id":"\#(command)","idempotency_key":"\#(command)#1","occurred_at":"2022-02-22T10:00:00Z"}"#
        return Array(body.utf8)
    }
}
