import RefundPolicy
import RefundWorker

/// A `refund.requested` message, of which a test says only what matters to it.
struct RequestText {
    var id: String
    var invoice: String
    var service = "api-requests"
    var subscription: String? = "sub-9"
    /// `nil` is a reason to reject.
    var orderNumber: String? = "ORD-1042"
    /// `open` sends the case to review, `lost` rejects it.
    var dispute = "none"
    var submittedAt = Times.submission
    var paid = "10.00"
    /// What the whole invoice came to.
    var total: String?
    /// `nil` for one that stands for this invoice.
    var proof: String?
    var remaining = 7_000
    var contact = "mailto:a@example.com"

    /// Each id has its own invoice unless said otherwise.
    init(_ id: String, invoice: String? = nil) {
        self.id = id
        self.invoice = invoice ?? "INV-\(id)"
    }

    /// The same with one thing changed.
    func with<Value>(_ field: WritableKeyPath<RequestText, Value>, _ value: Value) -> RequestText {
        var copy = self
        copy[keyPath: field] = value
        return copy
    }

    var json: String {
        let order = orderNumber.map { "\"order_number\": \(quoted($0)), " } ?? ""
        let subscription = self.subscription.map { ", \"subscription_id\": \(quoted($0))" } ?? ""
        let total = self.total.map { ", \"total\": {\"amount\": \"\($0)\", \"currency\": \"USD\"}" } ?? ""
        return """
            {"request_id": \(quoted(id)), "kind": "cancellation", "submitted_at": "\(submittedAt)", \(order)\
            "service": {"id": \(quoted(service))\(subscription)}, \
            "customer": {"id": "cus-77", "contact": \(quoted(contact)), "locale": "en"}, \
            "invoice": {"number": \(quoted(invoice)), "issued_on": "2022-02-12", \
            "paid": {"amount": "\(paid)", "currency": "USD"}\(total), \
            "proof_of_payment": \(quoted(proof ?? "https://files.example.com/p/\(invoice).pdf"))}, \
            "usage": {"unit": "request", "included": 10000, "remaining": \(remaining)}, \
            "payment_method": {"type": "card", "token": "pm_1"}, "dispute": "\(dispute)"}
            """
    }

    var body: [UInt8] { Array(json.utf8) }

    var requestID: RequestID {
        get throws { try identity(id) }
    }

    var line: InvoiceLine {
        InvoiceLine(invoiceNumber: invoice, serviceID: service, subscriptionID: subscription)
    }
}

/// A JSON string; the texts of the suite hold nothing that needs more than these.
private func quoted(_ text: String) -> String {
    var quoted = "\""
    for character in text.unicodeScalars {
        switch character {
        case "\"": quoted += "\\\""
        case "\\": quoted += "\\\\"
        default: quoted.unicodeScalars.append(character)
        }
    }
    return quoted + "\""
}
