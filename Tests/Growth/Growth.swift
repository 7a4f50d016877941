import Foundation
import RefundMessages
import RefundPolicy
import RefundWorker
import SQLiteStore
import StoreFilling

/// What a new request costs a SQLite store of each size: batches of new requests are decided and committed, confirmed
/// with the next batch, as a lane does it, and nothing else.
///
///     growth DIRECTORY [FINISHED:OPEN …]
@main
struct Growth {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard let directory = arguments.first else {
            print("usage: growth DIRECTORY [FINISHED:OPEN ...], such as growth /tmp/growth 0:0 1000000:200000")
            exit(2)
        }
        let sizes = arguments.count > 1 ? Array(arguments.dropFirst()) : ["0:0", "100000:20000", "1000000:200000"]
        print("finished  open      MB     batch 1  batch 512   (microseconds a request; median of rounds)")
        for size in sizes {
            let counts = size.split(separator: ":").compactMap { Int($0) }
            guard counts.count == 2 else { continue }
            try measure(finished: counts[0], open: counts[1], directory)
        }
    }

    private static let at = Instant(microsecondsSinceEpoch: 1_645_522_200_000_000)

    private static func measure(finished: Int, open: Int, _ directory: String) throws {
        let path = "\(directory)/growth-\(finished)-\(open).sqlite"
        if !FileManager.default.fileExists(atPath: path) {
            try StoreFilling(finished: finished, open: open, at: at).fill(path: path) { count in
                FileHandle.standardError.write(Data("\rfilling: \(count)   ".utf8))
            }
        }
        let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
        let requests = NewRequests(store: try SQLiteStore(path: path), at: at + .seconds(86_400 * 3))
        let many = try requests.median(rounds: 40, batch: 512)
        let one = try requests.median(rounds: 400, batch: 1)
        print("\r\(finished)\t\(open)\t\(size / 1_000_000)\t\(one)\t\(many)")
    }
}

/// New requests with random ids, as many as are asked for.
final class NewRequests {
    private let store: SQLiteStore
    private let now: Instant
    private let policies = PolicyShelf(.standard)
    private var unrecorded: [PublicationRecord] = []

    init(store: SQLiteStore, at now: Instant) {
        self.store = store
        self.now = now
    }

    /// Microseconds a request.
    func median(rounds: Int, batch: Int) throws -> Double {
        var times: [Double] = []
        for _ in 0..<rounds {
            let deliveries = (0..<batch).map { delivery(number: $0 + 1) }
            let began = ContinuousClock.now
            try commit(deliveries)
            times.append(Double((ContinuousClock.now - began).microseconds) / Double(batch))
        }
        return times.sorted()[rounds / 2]
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
                    result: .confirmed)
            }
        }
    }

    private func delivery(number: Int) -> InboundDelivery {
        let id = UUID().uuidString
        let body = """
            {"request_id":"\(id)","kind":"cancellation","submitted_at":"\(now)","order_number":"ORD-\(id)",\
            "service":{"id":"api-requests","subscription_id":"sub-9"},\
            "customer":{"id":"cus-77","contact":"mailto:hidden@example.com","locale":"en"},\
            "invoice":{"number":"INV-\(id)","issued_on":"\(now.dateInUTC)",\
            "paid":{"amount":"10.00","currency":"USD"},"proof_of_payment":"https://files.example.com/p/1.pdf"},\
            "usage":{"unit":"request","included":10000,"remaining":7000},\
            "payment_method":{"type":"card","token":"pm_hidden"},"dispute":"none"}
            """
        return InboundDelivery(
            tag: DeliveryTag(epoch: 1, number: UInt64(number)), source: .requests, isRedelivered: false,
            type: .requested, messageID: nil, traceparent: nil, body: .whole(Array(body.utf8)), envelope: nil)
    }
}
