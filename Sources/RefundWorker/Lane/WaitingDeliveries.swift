internal import DequeModule

/// Deliveries that wait for their batch. Replies go first: a backlog of requests never starves them.
struct WaitingDeliveries {
    private var requests: Deque<InboundDelivery> = []
    private var replies: Deque<InboundDelivery> = []
    /// Those that must be processed alone: delivered before, or refused by the store together with others.
    private var aloneRequests: Deque<InboundDelivery> = []
    private var aloneReplies: Deque<InboundDelivery> = []
    /// The last batch was one of these: replies that wait come next, so that thousands of redelivered requests do not
    /// keep them waiting.
    private var aloneWasLast = false

    var isEmpty: Bool { count(withRequests: true) == 0 }

    /// - Parameter withRequests: whether requests may be taken now.
    func count(withRequests: Bool) -> Int {
        replies.count + aloneReplies.count + (withRequests ? requests.count + aloneRequests.count : 0)
    }

    mutating func append(_ delivery: InboundDelivery) {
        switch (delivery.source, delivery.isRedelivered) {
        case (.requests, false): requests.append(delivery)
        case (.requests, true): aloneRequests.append(delivery)
        case (.replies, false): replies.append(delivery)
        case (.replies, true): aloneReplies.append(delivery)
        }
    }

    /// These were refused together: each must now stand for itself.
    mutating func isolate(_ deliveries: [InboundDelivery]) {
        aloneRequests.prepend(contentsOf: deliveries.filter { $0.source == .requests })
        aloneReplies.prepend(contentsOf: deliveries.filter { $0.source == .replies })
    }

    /// What the store has not looked at for want of room comes again before all else of its queue.
    mutating func putBack(_ deliveries: [InboundDelivery]) {
        requests.prepend(contentsOf: deliveries.filter { $0.source == .requests })
        replies.prepend(contentsOf: deliveries.filter { $0.source == .replies })
    }

    /// The next batch, of at most `limit` and so many bytes, which the first of each queue may go over; one that may be poison comes alone (design invariant 7).
    ///
    /// - Parameters:
    ///   - flow: whether more replies are likely to wait at the broker. They then have the batches almost to themselves,
    ///     also one for which few have come as yet: filled up with requests, it would keep the next replies waiting for
    ///     all that requests cause.
    ///   - withRequests: whether requests may be taken now.
    mutating func takeBatch(limit: Int, bytes: Int = .max, replies flow: ReplyFlow.State, withRequests: Bool)
        -> [InboundDelivery]
    {
        // What came before goes before: of replies the order of arrival decides (contract § 4).
        if let delivery = aloneReplies.popFirst() { return [delivery] }
        if !aloneWasLast || replies.isEmpty, withRequests, let delivery = aloneRequests.popFirst() {
            aloneWasLast = true
            return [delivery]
        }
        aloneWasLast = false
        var batch: [InboundDelivery] = []
        var room = bytes
        batch.reserveCapacity(min(limit, count(withRequests: withRequests)))
        // Requests never stand still. One costs more than two replies (`bench`), so they have few places, also in a batch
        // that is not full.
        let reserve = requests.isEmpty || !withRequests || limit < 2 ? 0 : max(1, limit / 128)
        while batch.count < limit - reserve,
            let delivery = WaitingDeliveries.next(&replies, &room, isFirst: batch.isEmpty)
        {
            batch.append(delivery)
        }
        guard withRequests else { return batch }
        let places = max(1, batch.count / 128)
        let size =
            switch flow {
            case .flowing: batch.count + places
            case _ where batch.count > limit / 4: batch.count + places
            case .pausing: batch.count + max(places, limit / 8)
            case .still: limit
            }
        let replyCount = batch.count
        while batch.count < min(limit, size),
            let delivery = WaitingDeliveries.next(&requests, &room, isFirst: batch.count == replyCount)
        {
            batch.append(delivery)
        }
        return batch
    }

    /// The next, if it fits.
    private static func next(
        _ waiting: inout Deque<InboundDelivery>, _ room: inout Int, isFirst: Bool
    ) -> InboundDelivery? {
        guard let weight = waiting.first?.weight, isFirst || weight <= room else { return nil }
        room = max(0, room - weight)
        return waiting.popFirst()
    }

    /// Lets go of what came by a connection that is gone.
    mutating func removeAll(of epoch: UInt64) {
        requests.removeAll { $0.tag.epoch == epoch }
        replies.removeAll { $0.tag.epoch == epoch }
        aloneRequests.removeAll { $0.tag.epoch == epoch }
        aloneReplies.removeAll { $0.tag.epoch == epoch }
    }
}
