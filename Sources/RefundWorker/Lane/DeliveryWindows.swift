/// The deliveries of a lane that are not yet acknowledged. Each queue is read by a connection of its own and has a window
/// of its own: an acknowledgement with `multiple` covers what came before by the same connection, so that on a shared one
/// each reply behind a waiting request would need its own.
struct DeliveryWindows {
    // Each ignores the tags of other connections than its own.
    private var requests: DeliveryWindow?
    private var replies: DeliveryWindow?

    /// Begins a window; one that the queue had before is forgotten.
    mutating func open(_ source: SourceQueue, epoch: UInt64) {
        switch source {
        case .requests: requests = DeliveryWindow(epoch: epoch)
        case .replies: replies = DeliveryWindow(epoch: epoch)
        }
    }

    /// The connection that the queue is read by; `nil` while there is none.
    func epoch(of source: SourceQueue) -> UInt64? {
        switch source {
        case .requests: requests?.epoch
        case .replies: replies?.epoch
        }
    }

    mutating func close(epoch: UInt64) {
        if requests?.epoch == epoch { requests = nil }
        if replies?.epoch == epoch { replies = nil }
    }

    /// Whether a delivery of that connection can still be acknowledged.
    func isOpen(_ epoch: UInt64) -> Bool { requests?.epoch == epoch || replies?.epoch == epoch }

    var isEmpty: Bool { (requests?.isEmpty ?? true) && (replies?.isEmpty ?? true) }

    /// Replies that have come and are not finished.
    var unfinishedReplies: Int { replies?.unfinished ?? 0 }

    /// Takes a delivery in.
    ///
    /// - Returns: `false` when it can't be kept: its tag is not the next of its queue's connection.
    mutating func append(_ tag: DeliveryTag, from source: SourceQueue) -> Bool {
        switch source {
        case .requests: requests?.append(tag) ?? false
        case .replies: replies?.append(tag) ?? false
        }
    }

    mutating func finish(_ tag: DeliveryTag) {
        requests?.finish(tag)
        replies?.finish(tag)
    }

    mutating func handBack(_ tag: DeliveryTag) {
        requests?.handBack(tag)
        replies?.handBack(tag)
    }

    /// What can be acknowledged by now.
    ///
    /// - Parameter limit: how many may be finished behind an unfinished one before they are acknowledged one by one.
    mutating func takeFinished(apartOver limit: Int) -> [(tag: DeliveryTag, multiple: Bool)] {
        var taken: [(tag: DeliveryTag, multiple: Bool)] = []
        if let finished = replies?.takeFinished() { taken.append(finished) }
        if let finished = requests?.takeFinished() { taken.append(finished) }
        for tag in replies?.takeFinishedApart(over: limit) ?? [] { taken.append((tag, false)) }
        for tag in requests?.takeFinishedApart(over: limit) ?? [] { taken.append((tag, false)) }
        return taken
    }
}
