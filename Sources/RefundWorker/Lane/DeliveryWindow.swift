internal import DequeModule

/// The deliveries of one connection that are not yet acknowledged, in the broker's order, and how much each still waits
/// for. Acknowledged is the longest finished stretch from the start, so that one frame covers many; what has finished
/// behind an unfinished one is acknowledged alone once it is so much that it would hold back further deliveries.
struct DeliveryWindow {
    private(set) var epoch: UInt64
    /// The number of the first delivery in `remaining`.
    private var first: UInt64 = 1
    /// For each delivery how many things must still happen before it is finished; `handedBack` once it was rejected, or
    /// acknowledged alone.
    private var remaining: Deque<Int> = []
    /// How many are finished and not acknowledged.
    private var finished = 0
    /// How many are not finished, nor handed back.
    private(set) var unfinished = 0

    private static let handedBack = -1

    init(epoch: UInt64) {
        self.epoch = epoch
    }

    var isEmpty: Bool { remaining.isEmpty }

    /// Takes a delivery in; it waits for one thing, its commit.
    ///
    /// - Returns: `false` when the tag is not the next of this connection, so that it can't be kept.
    mutating func append(_ tag: DeliveryTag) -> Bool {
        guard tag.epoch == epoch, tag.number == first + UInt64(remaining.count) else { return false }
        remaining.append(1)
        unfinished += 1
        return true
    }

    /// The delivery waits for that many more things. Deliveries of other connections are ignored.
    mutating func expect(_ count: Int, for tag: DeliveryTag) {
        if let index = index(of: tag) { remaining[index] += count }
    }

    /// One of the things has happened.
    mutating func finish(_ tag: DeliveryTag) {
        guard let index = index(of: tag), remaining[index] > 0 else { return }
        remaining[index] -= 1
        guard remaining[index] == 0 else { return }
        finished += 1
        unfinished -= 1
    }

    /// The delivery was rejected, so that it needs no acknowledgement, and must not get one: the broker would close the
    /// channel over an unknown tag.
    mutating func handBack(_ tag: DeliveryTag) {
        guard let index = index(of: tag) else { return }
        if remaining[index] > 0 { unfinished -= 1 }
        remaining[index] = DeliveryWindow.handedBack
    }

    /// Drops the finished stretch at the start.
    ///
    /// - Returns: the last delivery in it that needs an acknowledgement, and whether others before it do; `nil` when none
    ///   does.
    mutating func takeFinished() -> (DeliveryTag, multiple: Bool)? {
        var last: UInt64?
        var count = 0
        while let state = remaining.first, state <= 0 {
            remaining.removeFirst()
            if state == 0 {
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
        return remaining.indices.filter { remaining[$0] == 0 }.map { index in
            remaining[index] = DeliveryWindow.handedBack
            return DeliveryTag(epoch: epoch, number: first + UInt64(index))
        }
    }

    private func index(of tag: DeliveryTag) -> Int? {
        guard tag.epoch == epoch, tag.number >= first, tag.number - first < UInt64(remaining.count) else { return nil }
        return Int(tag.number - first)
    }
}
