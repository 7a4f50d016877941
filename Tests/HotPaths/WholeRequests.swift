import RefundMessages
import RefundPolicy
import RefundWorker
import SQLiteStore

/// A lane and a store in memory, driven as the shell drives them, by a broker that takes everything at once.
final class WholeRequests {
    /// Requests in one batch.
    static let batch = 64

    private var lane = Lane(limits: LaneLimits(batch: batch))
    private let store: SQLiteStore
    private let fulfilment = OrderFulfilment(
        decoder: InboundDecoder(), policies: PolicyShelf(.standard), limits: LaneLimits(batch: batch))
    private var batches: ArraySlice<[InboundDelivery]>
    private var published: UInt64 = 0
    private var uptime: Duration = .zero

    init(batches count: Int) throws {
        store = try SQLiteStore(path: ":memory:")
        batches = WholeRequests.deliveries(batches: count)[...]
        tell(.publisherOpened(epoch: 1))
        tell(.consumerOpened(.requests, epoch: 1))
    }

    /// From the deliveries to their acknowledgement, and to the confirms of what follows.
    func workOnNextBatch() {
        guard let deliveries = batches.popFirst() else { return }
        uptime += .milliseconds(30)
        for delivery in deliveries { tell(.delivered(delivery)) }
        tell(.caughtUp)
        // Only then has the broker been listened to, and messages go out.
        tell(.ticked)
    }

    private func tell(_ input: LaneInput) {
        for action in lane.handle(input, at: LaneTime(wall: Material.now, uptime: uptime)) { perform(action) }
    }

    private func perform(_ action: LaneAction) {
        switch action {
        case .store(let order):
            do throws(StoreError) {
                tell(.stored(try fulfilment.fulfil(order, on: store, at: CalendarTime(Material.now))))
            } catch {
                tell(.storeFailed(error))
            }
        case .publish(let publications, _):
            published += UInt64(publications.count)
            tell(.settled(sequence: published, multiple: true, isAcknowledged: true))
        case .acknowledge, .reject, .cancelConsumers, .settled, .renewPublisher, .outlets, .finished: break
        }
    }

    private static func deliveries(batches: Int) -> [[InboundDelivery]] {
        (0..<batches).map { number in
            (1...batch).map { place in
                let tag = UInt64(number * batch + place)
                return InboundDelivery(
                    tag: DeliveryTag(epoch: 1, number: tag), source: .requests, isRedelivered: false,
                    type: .requested, messageID: nil, traceparent: nil,
                    body: .whole(Material.requestBody("rr-\(1_000_000 + tag)")), envelope: nil)
            }
        }
    }
}
