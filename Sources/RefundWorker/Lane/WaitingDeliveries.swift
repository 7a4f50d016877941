internal import DequeModule

/// Deliveries that wait for their batch. Replies go first: a backlog of requests never starves them.
struct WaitingDeliveries {
    private var requests: Deque<InboundDelivery> = []
    private var replies: Deque<InboundDelivery> = []
    /// Those that must be processed alone: delivered before, or refused by the store together with others.
    private var alone: Deque<InboundDelivery> = []
    /// The last batch was one of `alone`: replies that wait come next, so that thousands of redelivered requests do not
    /// keep them waiting.
    private var aloneWasLast = false

    var count: Int { requests.count + replies.count + alone.count }
    var isEmpty: Bool { count == 0 }

    mutating func append(_ delivery: InboundDelivery) {
        if delivery.isRedelivered {
            alone.append(delivery)
        } else if delivery.source == .replies {
            replies.append(delivery)
        } else {
            requests.append(delivery)
        }
    }

    /// These were refused together: each must now stand for itself.
    mutating func isolate(_ deliveries: [InboundDelivery]) {
        alone.prepend(contentsOf: deliveries)
    }

    /// The next batch, of at most `limit`; one that may be poison comes alone (design invariant 7).
    ///
    /// - Parameter flow: whether more replies are likely to wait at the broker. They then have the batches almost to
    ///   themselves, also one for which few have come as yet: filled up with requests, it would keep the next replies
    ///   waiting for all that requests cause.
    mutating func takeBatch(limit: Int, replies flow: ReplyFlow.State) -> [InboundDelivery] {
        if !aloneWasLast || replies.isEmpty, let delivery = alone.popFirst() {
            aloneWasLast = true
            return [delivery]
        }
        aloneWasLast = false
        var batch: [InboundDelivery] = []
        batch.reserveCapacity(min(limit, count))
        // Requests never stand still. One costs more than two replies (`bench`), so they have few places, also in a batch
        // that is not full.
        let reserve = requests.isEmpty || limit < 2 ? 0 : max(1, limit / 128)
        while batch.count < limit - reserve, let delivery = replies.popFirst() { batch.append(delivery) }
        let places = max(1, batch.count / 128)
        let size =
            switch flow {
            case .flowing: batch.count + places
            case _ where batch.count > limit / 4: batch.count + places
            case .pausing: batch.count + max(places, limit / 8)
            case .still: limit
            }
        while batch.count < min(limit, size), let delivery = requests.popFirst() { batch.append(delivery) }
        return batch
    }

    /// Lets go of what came by a connection that is gone.
    mutating func removeAll(of epoch: UInt64) {
        requests.removeAll { $0.tag.epoch == epoch }
        replies.removeAll { $0.tag.epoch == epoch }
        alone.removeAll { $0.tag.epoch == epoch }
    }
}
