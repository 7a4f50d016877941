internal import DequeModule
internal import RefundMessages

/// What was published on one connection and not yet settled by the broker, by sequence number.
///
/// A publication that could be routed nowhere is first returned and then acknowledged: the return counts (AMQP 0-9-1
/// `basic.return`, RabbitMQ's confirms).
struct ConfirmLedger {
    struct Entry {
        var publication: Publication
        /// When it went out.
        var publishedAt: Duration
        /// Why the broker returned it, if it did.
        var returned: String?
    }

    /// The sequence number of the first entry; the first publication on a connection has 1.
    private var first: UInt64 = 1
    /// Those from `first` on; `nil` where the broker's word has come.
    private var entries: Deque<Entry?> = []

    /// How many are on their way.
    private(set) var count = 0
    /// How many of each kind: those of a kind go to one queue.
    private var counts: [OutboundType?: Int] = [:]

    mutating func append(_ publication: Publication, at uptime: Duration) {
        counts[publication.type, default: 0] += 1
        entries.append(Entry(publication: publication, publishedAt: uptime))
        count += 1
    }

    /// How many of that kind are on their way; dead letters have none.
    func count(of type: OutboundType?) -> Int { counts[type] ?? 0 }

    /// Settles one publication, or all up to it.
    ///
    /// - Returns: those that were not settled before, in their order.
    mutating func settle(_ sequence: UInt64, multiple: Bool) -> [Entry] {
        guard sequence >= first, sequence - first < UInt64(entries.count) else { return [] }
        let last = Int(sequence - first)
        var settled: [Entry] = []
        for index in (multiple ? 0 : last)...last {
            // Moved out: a copy would count references to each of a message's texts.
            guard let entry = entries[index].take() else { continue }
            counts[entry.publication.type, default: 0] -= 1
            settled.append(entry)
        }
        count -= settled.count
        while case .some(.none) = entries.first {
            entries.removeFirst()
            first += 1
        }
        return settled
    }

    /// Marks the open publications that may be the one that was returned: a return names a message and no sequence number,
    /// and a dead letter's message need not have a name. What is marked by mistake goes out once more; taken for confirmed
    /// by mistake it would be lost.
    mutating func markReturned(messageID: String?, isDeadLetter: Bool, reason: String) {
        for index in entries.indices {
            let isMeant =
                switch entries[index]?.publication {
                case .message(let message)?: !isDeadLetter && message.encoded.id == messageID
                case .deadLetter?, .parkedDeadLetter?: isDeadLetter
                case nil: false
                }
            if isMeant { entries[index]?.returned = reason }
        }
    }

    /// When the first that is open went out.
    var oldest: Duration? { entries.first?.map(\.publishedAt) ?? nil }

    /// Everything that is still open, in its order, for a new connection.
    func unsettled() -> [Publication] {
        entries.compactMap { $0?.publication }
    }
}
