internal import DequeModule
internal import RefundMessages
internal import RefundPolicy

/// A lane: deliveries in, one transaction for each batch, acknowledgements, publications with confirms.
///
/// A state machine and nothing else: it is told what happened and says what to do. It holds no socket, thread or clock,
/// so that a simulator can drive it through every order of events. A delivery is acknowledged once it is committed or
/// parked, or once its dead letter is with the broker; what follows from it is in the store by then, and is published,
/// confirmed and recorded on its own.
///
/// One order is with the store at a time. While it is there, deliveries collect for the next one, so that batches grow
/// with the load; a lone message is committed at once.
public struct Lane: Sendable {
    public let limits: LaneLimits

    var phase = Phase.working
    var windows = DeliveryWindows()
    var waiting = WaitingDeliveries()
    /// When the oldest waiting delivery came.
    var waitingSince: Duration?
    private var isCaughtUp = true
    /// When something happened last, by the lane's uptime.
    private var heardAt: Duration = .zero
    var replyFlow = ReplyFlow()

    var publisher: LanePublisher?
    var toPublish = PublicationQueue()
    /// Everything of the store's that is in `toPublish`, at the broker, or waiting to be recorded.
    var held = HeldMessages()
    /// How the ways out stand.
    var outlets: Outlets
    /// How many messages are unsent in the store, as last counted: only while some kind is barred.
    var unsentInStore = 0
    /// When to count them next.
    var countUnsentAt: Duration = .zero
    /// Deliveries whose dead letters are not with the broker yet: what it does not take goes into the store.
    var dying: [DeliveryTag: InboundDelivery] = [:]
    /// Dead letters that the broker would not take, for the store to keep.
    var toKeep: Deque<KeptLetter> = []
    /// Dead letters that neither has taken, and when they are tried again.
    var postponed: Deque<(at: Duration, publication: Publication)> = []
    /// When to look next for messages that the broker says nothing about.
    var silenceCheckAt: Duration = .zero
    /// When to look next for messages that may not go out any more.
    var expiryCheckAt: Duration = .zero
    /// More is unsent than this lane could send, as far as it knows: it has let messages go since the store last had fewer
    /// than are taken at once.
    var isBehind = false
    /// The brake is on, as the store last said.
    var payoutsArePaused = false
    /// When it said so.
    var brakeKnownAt: Duration = .zero

    /// Deliveries that the store has refused to act on, and its words: they are parked.
    var toPark: Deque<(delivery: InboundDelivery, refusal: StoreError)> = []
    var toRecord: [PublicationRecord] = []
    /// When the oldest of `toRecord` came in.
    var toRecordSince: Duration = .zero
    var order: StoreOrder?
    /// When the order was last given to the store.
    var orderedAt = LaneTime(wall: Instant(microsecondsSinceEpoch: 0), uptime: .zero)
    var storeFailures = 0
    var storeRetryAt: Duration?
    var looks = DueLooks()

    enum Phase {
        case working, draining, finished
    }

    public init(limits: LaneLimits) {
        self.limits = limits
        outlets = Outlets(limits: limits.outlets)
    }

    /// Takes in what happened and says what to do about it.
    public mutating func handle(_ input: LaneInput, at time: LaneTime) -> [LaneAction] {
        heardAt = time.uptime
        var actions: [LaneAction] = []
        switch input {
        case .consumerOpened(let source, let epoch): openWindow(of: source, epoch)
        case .consumerLost(let epoch): loseWindow(epoch)
        case .publisherOpened(let epoch): openPublisher(epoch)
        case .publisherLost(let epoch, let refusal): losePublisher(epoch, refusal: refusal, at: time)
        case .publisherBlocked: publisher?.isBlocked = true
        case .publisherUnblocked:
            publisher?.unblock(at: time.uptime, limits: limits)
            outlets.unblocked(at: time.uptime)
        case .delivered(let delivery): take(delivery, at: time)
        case .caughtUp: isCaughtUp = true
        case .settled(let sequence, let multiple, let isAcknowledged):
            let settlements = settle(sequence, multiple: multiple, isAcknowledged: isAcknowledged, at: time)
            if !settlements.isEmpty { actions.append(.settled(settlements)) }
        case .returned(let messageID, let isDeadLetter, let reason):
            publisher?.ledger.markReturned(messageID: messageID, isDeadLetter: isDeadLetter, reason: reason)
        case .stored(let report): finishOrder(report, at: time, into: &actions)
        case .storeFailed(let error): failOrder(error, at: time)
        case .ticked:
            judgeOutlets(at: time, into: &actions)
            letGoOfExpired(at: time)
        case .stop:
            if phase == .working {
                phase = .draining
                actions.append(.cancelConsumers)
            }
        }
        // Only then has the broker been listened to since the last burst.
        let mayPublish = if case .ticked = input { true } else { false }
        proceed(at: time, publishing: mayPublish, into: &actions)
        if let troubles = outlets.takeNews() { actions.append(.outlets(troubles)) }
        return actions
    }

    /// When the lane wants to be ticked, at the latest.
    public var wakeUpAt: Duration? {
        guard phase != .finished else { return nil }
        var times: [Duration] = []
        let publishable = publishableCount(at: heardAt)
        if let publishAt = publisher?.wakeUpAt(waiting: publishable, limits: limits, isTrying: outlets.isTrying) {
            times.append(publishAt)
        }
        if order == nil, phase == .working { times.append(looks.nextAt) }
        if order == nil, !toRecord.isEmpty { times.append(toRecordSince + limits.recordAfter) }
        if let storeRetryAt { times.append(storeRetryAt) }
        // In an alarm nothing is judged by its time.
        if let publisher, !publisher.isBlocked, let outletAt = outlets.wakeUpAt(after: heardAt) {
            times.append(outletAt)
        }
        if let first = postponed.first { times.append(first.at) }
        if let waitingSince, order == nil, waiting.count(withRequests: takesRequests) > 0 {
            times.append(waitingSince + limits.linger)
        }
        return times.min()
    }

    /// Whether nothing is left to do: every delivery is acknowledged, and every message confirmed and recorded, or let go.
    public var isIdle: Bool {
        waiting.isEmpty && toPark.isEmpty && toKeep.isEmpty && order == nil && toPublish.isEmpty && toRecord.isEmpty
            && postponed.isEmpty
            && (publisher?.ledger.count ?? 0) == 0 && windows.isEmpty
    }

    /// Whether requests are taken now. While more is unsent than is good they wait, so that it stays bounded; what was
    /// delivered before a stop is finished all the same.
    public var takesRequests: Bool {
        phase == .draining
            || (!isBehind && unsentInStore < limits.unsentInStore && held.count < limits.unsentInMemory
                && held.bytes < limits.bytes.unsent / 2)
    }

    // MARK: Consuming

    private mutating func openWindow(of source: SourceQueue, _ epoch: UInt64) {
        if let earlier = windows.epoch(of: source) { loseWindow(earlier) }
        windows.open(source, epoch: epoch)
        isCaughtUp = true
    }

    private mutating func loseWindow(_ epoch: UInt64) {
        guard windows.isOpen(epoch) else { return }
        windows.close(epoch: epoch)
        waiting.removeAll(of: epoch)
        if waiting.isEmpty { waitingSince = nil }
        toPark.removeAll { $0.delivery.tag.epoch == epoch }
        // A dead letter that was not published comes again with its delivery.
        dying = dying.filter { $0.key.epoch != epoch }
        toKeep.removeAll { $0.delivery.tag.epoch == epoch }
        _ = toPublish.removeAll { $0.isDeadLetter(of: epoch) }
        postponed.removeAll { $0.publication.isDeadLetter(of: epoch) }
    }

    private mutating func take(_ delivery: InboundDelivery, at time: LaneTime) {
        guard windows.append(delivery.tag, from: delivery.source) else { return }
        if waiting.isEmpty { waitingSince = time.uptime }
        waiting.append(delivery)
        isCaughtUp = false
    }

    // MARK: Going on

    private mutating func proceed(at time: LaneTime, publishing: Bool, into actions: inout [LaneAction]) {
        guard phase != .finished else { return }
        while let first = postponed.first, first.at <= time.uptime {
            postponed.removeFirst()
            toPublish.append(first.publication)
        }
        orderStore(at: time, into: &actions)
        if publishing { publish(at: time, into: &actions) }
        for (tag, multiple) in windows.takeFinished(apartOver: limits.finishedApart) {
            actions.append(.acknowledge(tag, multiple: multiple))
        }
        if phase == .draining, isIdle {
            phase = .finished
            actions.append(.finished)
        }
    }

    func batchIsDue(at time: LaneTime) -> Bool {
        let count = waiting.count(withRequests: takesRequests)
        guard count > 0, let waitingSince else { return false }
        if count >= limits.batch || phase == .draining { return true }
        return isCaughtUp && time.uptime >= waitingSince + limits.linger
    }
}
