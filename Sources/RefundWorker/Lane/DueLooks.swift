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
        /// It has refused a look by itself: one thing at a time, until nothing is left.
        case oneByOne
        /// It has refused the next thing by itself, with these words.
        case puttingOff(StoreError)
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
        switch manner {
        case .withBatches, .apart: break
        case .oneByOne: order.actsAlone = true
        case .puttingOff(let refusal):
            order.actsAlone = true
            order.refusal = refusal
        }
    }

    mutating func passed(_ order: StoreOrder, moreIsDue: Bool, at now: Duration) {
        guard order.actsOnDue else { return }
        manner = order.actsAlone && moreIsDue ? .oneByOne : .withBatches
        if moreIsDue { nextAt = now }
    }

    /// The store has refused for good what came of the order.
    ///
    /// - Parameter pause: how long to leave it where nothing better is left to try.
    mutating func refused(_ order: StoreOrder, _ error: StoreError, at now: Duration, pause: Duration) {
        guard order.actsOnDue else { return }
        if !order.actsAlone {
            let isApart = order.deliveries.isEmpty
            manner = isApart ? .oneByOne : .apart
            nextAt = isApart ? now : now + pause
        } else if order.refusal == nil {
            manner = .puttingOff(error)
            nextAt = now
        } else {
            // Not even that can be written.
            manner = .apart
            nextAt = now + pause
        }
    }
}
