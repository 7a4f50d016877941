import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker

/// A case that is lived for copies to be made of it, by the worker's own code.
enum Life: CaseIterable {
    case settled, rejected, withdrawn, open

    var isFinished: Bool { self != .open }

    /// The request id, which stands in every text that must differ between copies.
    var template: String { "template-\(self)" }

    /// Lives it, until nothing is left to do.
    func live(in store: any CaseStore, at now: Instant) throws {
        try confirm(try receive([(.requested, request(at: now))], in: store, at: now), in: store, at: now)
        try confirm(try receive(replies(at: now), in: store, at: now), in: store, at: now)
        guard isFinished else { return }
        var now = now
        // The answer is out: its deadline is met when it is next looked at.
        for _ in 0..<4 {
            now = now + .seconds(86_400)
            try confirm(try receive([], dueLimit: 100, in: store, at: now), in: store, at: now)
        }
    }

    private func replies(at now: Instant) -> [(InboundType, String)] {
        switch self {
        case .settled: ["revoke", "payout"].map { (.succeeded, success(of: $0, at: now)) }
        case .withdrawn: [(.withdrawn, #"{"request_id": "\#(template)", "submitted_at": "\#(now)"}"#)]
        case .rejected, .open: []
        }
    }

    private func success(of command: String, at now: Instant) -> String {
        """
        {"command_id": "\(template)/\(command)", "idempotency_key": "\(template)/\(command)#1", \
        "occurred_at": "\(now)", "reference": "ref-1"}
        """
    }

    private func request(at now: Instant) -> String {
        """
        {"request_id": "\(template)", "kind": "cancellation", "submitted_at": "\(now)", \
        \(self == .rejected ? "" : "\"order_number\": \"ORD-\(template)\", ")\
        "service": {"id": "api-requests", "subscription_id": "sub-9"}, \
        "customer": {"id": "cus-77", "contact": "mailto:hidden@example.com", "locale": "en"}, \
        "invoice": {"number": "INV-\(template)", "issued_on": "\(now.dateInUTC)", \
        "paid": {"amount": "10.00", "currency": "USD"}, \
        "proof_of_payment": "https://files.example.com/p/\(template).pdf"}, \
        "usage": {"unit": "request", "included": 10000, "remaining": 7000}, \
        "payment_method": {"type": "card", "token": "pm_hidden"}, \
        "dispute": "\(self == .withdrawn ? "open" : "none")"}
        """
    }

    private func receive(
        _ messages: [(InboundType, String)], dueLimit: Int = 0, in store: any CaseStore, at now: Instant
    ) throws -> (ids: [CaseID], changes: CaseChanges) {
        let deliveries = messages.enumerated().map { index, message in
            InboundDelivery(
                tag: DeliveryTag(epoch: 1, number: UInt64(index + 1)), source: .requests, isRedelivered: false,
                type: message.0, messageID: nil, traceparent: nil, body: .whole(Array(message.1.utf8)), envelope: nil)
        }
        let batch = Batch(reading: deliveries, with: InboundDecoder(), at: now)
        var keys = batch.keys
        keys.dueLimit = dueLimit
        var changes = CaseChanges()
        let ids = try store.transact(recording: [], loading: keys, at: now) { loaded in
            changes = batch.decide(loaded, under: PolicyShelf(.standard)).changes
            return changes
        }
        return (ids, changes)
    }

    private func confirm(
        _ outcome: (ids: [CaseID], changes: CaseChanges), in store: any CaseStore, at now: Instant
    ) throws {
        let records = zip(outcome.ids, outcome.changes.cases).flatMap { id, change in
            change.messages.map { message in
                PublicationRecord(
                    key: .message(MessageKey(caseID: id, ordinal: message.ordinal), attempt: 1), at: now,
                    result: .confirmed, heldUntil: now + OutboxMessage.publisherHeadStart)
            }
        }
        _ = try store.transact(recording: records, loading: CaseKeys(), at: now) { _ in CaseChanges() }
    }
}
