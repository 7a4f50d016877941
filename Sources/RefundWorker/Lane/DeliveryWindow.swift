internal import DequeModule

/// The deliveries of one connection that are not yet acknowledged, in the broker's order. Acknowledged is the longest finished stretch from the start, so that one frame covers many; what has finished
/// behind an unfinished one is acknowledged alone once it is so much that it would hold back further deliveries.
struct DeliveryWindow {
    private(set) var epoch: UInt64
    private enum State: UInt8 {
        case open, finished
        /// It was rejected, or acknowledged alone.
        case handedBack
    }

    /// The number of the first delivery in `states`.
    private var first: UInt64 = 1
    private var states: Deque<State> = []
    /// How many are finished and not acknowledged.
    private var finished = 0
    /// How many are not finished, nor handed back.
    private(set) var unfinished = 0

    init(epoch: UInt64) {
        self.epoch = epoch
    }

    var isEmpty: Bool { states.isEmpty }

    /// Takes a delivery in.
    ///
    /// - Returns: `false` when the tag is not the next of this connection, so that it can't be kept.
    mutating func append(_ tag: DeliveryTag) -> Bool {
        guard tag.epoch == epoch, tag.number == first + UInt64(states.count) else { return false }
        states.append(.open)
        unfinished += 1
        return true
    }

    /// It was committed, parked, or is with the broker as a dead letter. Deliveries of other connections are ignored.
    mutating func finish(_ tag: DeliveryTag) {
        guard let index = index(of: tag), states[index] == .open else { return }
        states[index] = .finished
        finished += 1
        unfinished -= 1
    }

    /// The delivery was rejected, so that it needs no acknowledgement, and must not get one: the broker would close the
    /// channel over an unknown tag.
    mutating func handBack(_ tag: DeliveryTag) {
        guard let index = index(of: tag) else { return }
        if states[index] == .open { unfinished -= 1 }
        states[index] = .handedBack
    }

    /// Drops the finished stretch at the start.
    ///
    /// - Returns: the last delivery in it that needs an acknowledgement, and whether others before it do; `nil` when none
    ///   does.
    mutating func takeFinished() -> (DeliveryTag, multiple: Bool)? {
        var last: UInt64?
        var count = 0
        while let state = states.first, state != .open {
            states.removeFirst()
            if state == .finished {
                last = first
                count += 1
            }
            first += 1
        }
        finished -= count
        return last.map { (DeliveryTag(epoch: epoch, number: $0), count > 1) }
    }

    /// Takes the finished deliveries that are behind an unfinished one, if they are more than `limit`, each to be
    /// acknowledged for itself.
    mutating func takeFinishedApart(over limit: Int) -> [DeliveryTag] {
        guard finished > limit else { return [] }
        finished = 0
        return states.indices.filter { states[$0] == .finished }.map { index in
            states[index] = .handedBack
            return DeliveryTag(epoch: epoch, number: first + UInt64(index))
        }
    }

    private func index(of tag: DeliveryTag) -> Int? {
        guard tag.epoch == epoch, tag.number >= first, tag.number - first < UInt64(states.count) else { return nil }
        return Int(tag.number - first)
    }
}
