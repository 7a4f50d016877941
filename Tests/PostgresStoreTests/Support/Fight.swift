import Foundation
import RefundMessages
import RefundPolicy
import RefundWorker
import Synchronization

@testable import PostgresStore
@testable import StoreConformance

/// Workers that open cases on few lines and under few ids, each on a thread and a connection of its own.
struct Fight {
    let seed: UInt64
    let location: PostgresLocation
    let schema: String

    init(seed: UInt64, fixture: PostgresFixture) {
        self.seed = seed
        location = fixture.location
        schema = fixture.schema
    }

    /// - Returns: what failed for good; a store that is busy is asked again, as a lane does.
    /// - Parameter spelled: whether the lines are spelled in many ways.
    func run(workers: Int, batches: Int, spelled: Bool = false) -> [String] {
        let failures: Mutex<[String]> = Mutex([])
        let location = location
        let seed = seed
        DispatchQueue.concurrentPerform(iterations: workers) { worker in
            do {
                let store = try PostgresStore(location)
                var random = Dice(seed: seed &+ UInt64(worker) &* 0x9E37_79B9)
                for _ in 0..<batches { try Fight.open(Fight.requests(&random, spelled), on: store) }
            } catch {
                failures.withLock { $0.append("\(error)") }
            }
        }
        return failures.withLock { $0 }
    }

    /// 12 requests: the id decides the line, so that one id has one content.
    private static func requests(_ random: inout Dice, _ isSpelled: Bool) -> [RequestText] {
        (0..<12).map { _ in
            let number = random.next(below: 60)
            guard isSpelled else { return RequestText("rr-\(number)", invoice: "INV-\(number % 20)") }
            let spelling = Spellings.sixteen[number % 16]
            let digit = "77\(number / 16)"
            return spelling.with(\.id, "rr-\(number)")
                .with(\.invoice, spelling.invoice.replacing("77", with: digit).replacing("７７", with: digit))
                .with(\.proof, "p-\(number)")
        }
    }

    private static func open(_ requests: [RequestText], on store: PostgresStore) throws {
        let deliveries = requests.enumerated().map { index, request in
            InboundDelivery(
                tag: DeliveryTag(epoch: 1, number: UInt64(index + 1)), source: .requests, isRedelivered: false,
                type: .requested, messageID: nil, traceparent: nil, body: .whole(request.body), envelope: nil)
        }
        let batch = Batch(reading: deliveries, with: InboundDecoder(), at: Times.opening)
        for attempt in 1...20 {
            do throws(StoreError) {
                _ = try store.transact(recording: [], loading: batch.keys, at: Times.opening) { loaded in
                    batch.decide(loaded, under: PolicyShelf(.standard)).changes
                }
                return
            } catch {
                guard error.kind == .busy, attempt < 20 else { throw error }
            }
        }
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014).
struct Dice {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next(below limit: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ (mixed >> 31)) % UInt64(limit))
    }
}
