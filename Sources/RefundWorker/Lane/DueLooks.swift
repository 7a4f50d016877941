/// When and how a lane looks for what is due.
///
/// Usually a look rides with a batch. When the store refuses what came of it, that may be the fault of a single thing that
/// is due, which neither a delivery nor the rest may be held to account for: then looks go apart from deliveries, then
/// one thing at a time, and what is refused alone is put off.
struct DueLooks {
    private enum Manner {
        case withBatches
        /// The store has refused an order that did both.
        case apart
        /// It has refused a look by itself: one thing at a time, until nothing is left. What is refused even so is put off
        /// (`OrderFulfilment`).
        case oneByOne
    }

    private var manner = Manner.withBatches
    /// The next look, by the lane's uptime.
    private(set) var nextAt: Duration = .zero
    /// The last order was a look and nothing else, so that a batch goes first now.
    private var mustYield = false

    private var isWithBatches: Bool { if case .withBatches = manner { true } else { false } }

    /// Whether a look that is due has an order to itself, before a batch that is due as well; the next time the batch goes
    /// first.
    var goFirst: Bool { !isWithBatches && !mustYield }

    /// Lets the order look, at `now`, unless it has deliveries and the look must be apart from them.
    mutating func join(_ order: inout StoreOrder, canPublish: Bool, at now: Duration, every: Duration) {
        mustYield = false
        guard isWithBatches || order.deliveries.isEmpty else { return }
        nextAt = now + every
        guard canPublish else { return }
        order.actsOnDue = true
        mustYield = order.deliveries.isEmpty
        if case .oneByOne = manner { order.actsAlone = true }
    }

    mutating func passed(_ order: StoreOrder, moreIsDue: Bool, at now: Duration) {
        guard order.actsOnDue else { return }
        manner = order.actsAlone && moreIsDue ? .oneByOne : .withBatches
        if moreIsDue { nextAt = now }
    }

    /// The store has refused for good what came of the order.
    ///
    /// - Parameter pause: how long to leave it where nothing better is left to try.
    mutating func refused(_ order: StoreOrder, at now: Duration, pause: Duration) {
        guard order.actsOnDue else { return }
        // What was refused alone could not even be put off.
        let isNextAlone = !order.actsAlone && order.deliveries.isEmpty
        manner = isNextAlone ? .oneByOne : .apart
        nextAt = isNextAlone ? now : now + pause
    }
}
