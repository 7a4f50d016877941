import RefundMessages
import RefundPolicy
import RefundWorker
import SQLiteStore
import Testing

/// Opens approved cases, as a worker would.
final class TestDesk {
    let store: SQLiteStore
    private let policies = PolicyShelf(.standard)

    /// 2022-02-22T09:30:01Z
    static let now = Instant(microsecondsSinceEpoch: 1_645_522_201_000_000)

    init(_ store: SQLiteStore) {
        self.store = store
    }

    convenience init(_ fixture: SQLiteFixture) throws {
        self.init(try SQLiteStore(path: fixture.path))
    }

    @discardableResult
    func open(_ ids: [String], invoice: String? = nil) throws -> [CaseID] {
        let changes = changes(opening: ids, invoice: invoice)
        return try store.transact(recording: [], loading: CaseKeys(), at: TestDesk.now) { _ in changes }
    }

    func changes(opening ids: [String], invoice: String? = nil) -> CaseChanges {
        let deliveries = ids.enumerated().map { index, id in
            InboundDelivery(
                tag: DeliveryTag(epoch: 1, number: UInt64(index + 1)), source: .requests, isRedelivered: false,
                type: .requested, messageID: nil, traceparent: nil,
                body: .whole(Array(TestDesk.request(id, invoice: invoice ?? "INV-\(id)").utf8)), envelope: nil)
        }
        let batch = Batch(reading: deliveries, with: InboundDecoder(), at: TestDesk.now)
        return batch.decide(LoadedCases(), under: policies).changes
    }

    func isStored(_ id: String) throws -> Bool {
        let id = try #require(RequestID(id))
        var isStored = false
        _ = try store.transact(recording: [], loading: CaseKeys(requests: [id]), at: TestDesk.now) { loaded in
            isStored = loaded.cases[id] != nil
            return CaseChanges()
        }
        return isStored
    }

    static func request(_ id: String, invoice: String) -> String {
        """
        {"request_id": "\(id)", "kind": "cancellation", "submitted_at": "2022-02-22T09:30:00Z", \
        "order_number": "ORD-\(id)", "service": {"id": "api-requests", "subscription_id": "sub-9"}, \
        "customer": {"id": "cus-77", "contact": "mailto:secret@example.com", "locale": "en"}, \
        "invoice": {"number": "\(invoice)", "issued_on": "2022-02-12", \
        "paid": {"amount": "10.00", "currency": "USD"}, "proof_of_payment": "https://files.example.com/p/\(invoice).pdf"}, \
        "usage": {"unit": "request", "included": 10000, "remaining": 7000}, \
        "payment_method": {"type": "card", "token": "pm_secret"}}
        """
    }
}

/// What `body` was refused with; records an issue when it was not.
func refusal(sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void) -> StoreError? {
    #expect(throws: StoreError.self, sourceLocation: sourceLocation) { try body() }
}
