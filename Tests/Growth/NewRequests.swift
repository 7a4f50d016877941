import Foundation
import RefundMessages
import RefundPolicy
import RefundWorker

/// New requests, as many as are asked for, for one store.
final class NewRequests {
    /// Where a new request's ids come in the order of those that are there.
    enum IDs: String, CaseIterable {
        /// Anywhere among them: each meets another page of an index.
        case random
        /// Behind them all, as numbers that are counted up.
        case ordered
    }

    private let store: any CaseStore
    private let now: Instant
    private let ids: IDs
    private let policies = PolicyShelf(.standard)
    private var unrecorded: [PublicationRecord] = []
    private var count = 0
    /// So that a kept store is met by other ids the next time.
    private let run = Int(Date().timeIntervalSince1970)

    init(store: any CaseStore, at now: Instant, ids: IDs) {
        self.store = store
        self.now = now
        self.ids = ids
    }

    /// What a batch of new requests cost, for each of them.
    func measure(batch: Int, server: Int32?) throws -> Cost {
        let deliveries = (0..<batch).map { delivery(number: $0 + 1) }
        func processor() -> Double {
            ProcessorTime.ofThisProcess + (server.map(ProcessorTime.ofProcess) ?? 0)
        }
        let used = processor()
        let began = ContinuousClock.now
        try commit(deliveries)
        let elapsed = Double((ContinuousClock.now - began).microseconds)
        return Cost(elapsed: elapsed / Double(batch), processor: (processor() - used) / Double(batch))
    }

    private func commit(_ deliveries: [InboundDelivery]) throws {
        let batch = Batch(reading: deliveries, with: InboundDecoder(), at: now)
        var changes = CaseChanges()
        let ids = try store.transact(recording: unrecorded, loading: batch.keys, at: now) { loaded in
            changes = batch.decide(loaded, under: policies).changes
            return changes
        }
        unrecorded = zip(ids, changes.cases).flatMap { id, change in
            change.messages.map { message in
                PublicationRecord(
                    key: .message(MessageKey(caseID: id, ordinal: message.ordinal), attempt: 1), at: now,
                    result: .confirmed, heldUntil: now + OutboxMessage.publisherHeadStart)
            }
        }
    }

    /// Like the ids that a store is filled with, `fill-` and eight digits.
    private func nextID() -> String {
        count += 1
        switch ids {
        case .random: return String(format: "fill-%08x-\(run)", UInt32.random(in: .min ... .max))
        case .ordered: return String(format: "new-\(run)-%08d", count)
        }
    }

    private func delivery(number: Int) -> InboundDelivery {
        let id = nextID()
        let body = """
            {"request_id":"\(id)","kind":"cancellation","submitted_at":"\(now)","order_number":"ORD-\(id)",\
            "service":{"id":"api-requests","subscription_id":"sub-9"},\
            "customer":{"id":"cus-77","contact":"mailto:hidden@example.com","locale":"en"},\
            "invoice":{"number":"INV-\(id)","issued_on":"\(now.dateInUTC)",\
            "paid":{"amount":"10.00","currency":"USD"},"proof_of_payment":"https://files.example.com/p/\(id).pdf"},\
            "usage":{"unit":"request","included":10000,"remaining":7000},\
            "payment_method":{"type":"card","token":"pm_hidden"},"dispute":"none"}
            """
        return InboundDelivery(
            tag: DeliveryTag(epoch: 1, number: UInt64(number)), source: .requests, isRedelivered: false,
            type: .requested, messageID: nil, traceparent: nil, body: .whole(Array(body.utf8)), envelope: nil)
    }
}
