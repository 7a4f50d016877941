internal import DequeModule
internal import RefundMessages
internal import RefundPolicy

/// A lane: deliveries in, one transaction for each batch, publications with confirms, acknowledgements.
///
/// A state machine and nothing else: it is told what happened and says what to do. It holds no socket, thread or clock,
/// so that a simulator can drive it through every order of events. The order that it keeps for each delivery: commit →
/// publish → confirm → record → acknowledge.
///
/// One order is with the store at a time. While it is there, deliveries collect for the next one, so that batches grow
/// with the load; a lone message is committed at once.
public struct Lane: Sendable {
    public let limits: LaneLimits

    private var phase = Phase.working
    private var windows = DeliveryWindows()
    private var waiting = WaitingDeliveries()
    /// When the oldest waiting delivery came.
    private var waitingSince: Duration?
    private var isCaughtUp = true
    private var replyFlow = ReplyFlow()

    private var publisher: LanePublisher?
    private var toPublish: Deque<Publication> = []
    /// The messages that are in `toPublish`, at the broker, or waiting to be recorded, and the deliveries that wait for each
    /// of them: no message is taken twice.
    private var atWork: [PublicationKey: [DeliveryTag]] = [:]
    /// Dead letters that the broker would not take, and when they are tried again.
    private var postponed: Deque<(at: Duration, publication: Publication)> = []

    /// Deliveries that the store has refused to act on, and its words: they are parked.
    private var toPark: Deque<(delivery: InboundDelivery, refusal: StoreError)> = []
    private var toRecord: [PublicationRecord] = []
    /// When the oldest of `toRecord` came in.
    private var toRecordSince: Duration = .zero
    private var order: StoreOrder?
    private var storeFailures = 0
    private var storeRetryAt: Duration?
    private var looks = DueLooks()

    private enum Phase {
        case working, draining, finished
    }

    public init(limits: LaneLimits) {
        self.limits = limits
    }

    /// Takes in what happened and says what to do about it.
    public mutating func handle(_ input: LaneInput, at time: LaneTime) -> [LaneAction] {
        var actions: [LaneAction] = []
        switch input {
        case .consumerOpened(let source, let epoch): openWindow(of: source, epoch)
        case .consumerLost(let epoch): loseWindow(epoch)
        case .publisherOpened(let epoch): openPublisher(epoch)
        case .publisherLost(let epoch): losePublisher(epoch)
        case .publisherBlocked: publisher?.isBlocked = true
        case .publisherUnblocked: publisher?.unblock(at: time.uptime, limits: limits)
        case .delivered(let delivery): take(delivery, at: time)
        case .caughtUp: isCaughtUp = true
        case .settled(let sequence, let multiple, let isAcknowledged):
            let settlements = settle(sequence, multiple: multiple, isAcknowledged: isAcknowledged, at: time)
            if !settlements.isEmpty { actions.append(.settled(settlements)) }
        case .returned(let messageID, let isDeadLetter, let reason):
            publisher?.ledger.markReturned(messageID: messageID, isDeadLetter: isDeadLetter, reason: reason)
        case .stored(let report): finishOrder(report, at: time, into: &actions)
        case .storeFailed(let error): failOrder(error, at: time)
        case .ticked: break
        case .stop:
            if phase == .working {
                phase = .draining
                actions.append(.cancelConsumers)
            }
        }
        // Only then has the broker been listened to since the last burst.
        let mayPublish = if case .ticked = input { true } else { false }
        proceed(at: time, publishing: mayPublish, into: &actions)
        return actions
    }

    /// When the lane wants to be ticked, at the latest.
    public var wakeUpAt: Duration? {
        guard phase != .finished else { return nil }
        var times: [Duration] = []
        if let publishAt = publisher?.wakeUpAt(waiting: toPublish.count, limits: limits) { times.append(publishAt) }
        if order == nil, phase == .working { times.append(looks.nextAt) }
        if order == nil, !toRecord.isEmpty { times.append(toRecordSince + limits.recordAfter) }
        if let storeRetryAt { times.append(storeRetryAt) }
        if let first = postponed.first { times.append(first.at) }
        if let waitingSince, order == nil { times.append(waitingSince + limits.linger) }
        return times.min()
    }

    /// Deliveries that were taken and are not yet acknowledged, and messages that are not yet confirmed and recorded.
    public var isIdle: Bool {
        waiting.isEmpty && toPark.isEmpty && order == nil && toPublish.isEmpty && toRecord.isEmpty && postponed.isEmpty
            && (publisher?.ledger.count ?? 0) == 0 && windows.isEmpty
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
        for (key, tags) in atWork where tags.contains(where: { $0.epoch == epoch }) {
            atWork[key] = tags.filter { $0.epoch != epoch }
        }
        toPark.removeAll { $0.delivery.tag.epoch == epoch }
        // A dead letter that was not published comes again with its delivery.
        toPublish.removeAll { $0.isDeadLetter(of: epoch) }
        postponed.removeAll { $0.publication.isDeadLetter(of: epoch) }
    }

    private mutating func take(_ delivery: InboundDelivery, at time: LaneTime) {
        guard windows.append(delivery.tag, from: delivery.source) else { return }
        if waiting.isEmpty { waitingSince = time.uptime }
        waiting.append(delivery)
        isCaughtUp = false
    }

    // MARK: Publishing

    private mutating func openPublisher(_ epoch: UInt64) {
        publisher = LanePublisher(epoch: epoch)
    }

    private mutating func losePublisher(_ epoch: UInt64) {
        guard let lost = publisher, lost.epoch == epoch else { return }
        publisher = nil
        // Whether they arrived is not known: the same bytes go out again under the same identity.
        let again = lost.ledger.unsettled().filter { publication in
            guard case .deadLetter(let tag, _) = publication else { return true }
            return windows.isOpen(tag.epoch)
        }
        toPublish.prepend(contentsOf: again)
    }

    private mutating func settle(
        _ sequence: UInt64, multiple: Bool, isAcknowledged: Bool, at time: LaneTime
    ) -> [Settlement] {
        guard let settled = publisher?.settle(sequence, multiple: multiple) else { return [] }
        return settled.map { entry in
            let failure = entry.returned ?? (isAcknowledged ? nil : "the broker refused it (basic.nack)")
            switch entry.publication {
            case .message(let message): record(message.publicationKey, failure: failure, at: time)
            case .parkedDeadLetter(let letter): record(.deadLetter(letter.id), failure: failure, at: time)
            case .deadLetter(let tag, _):
                if failure == nil {
                    windows.finish(tag)
                } else {
                    postponed.append((time.uptime + limits.republishAfter, entry.publication))
                }
            }
            return Settlement(
                of: entry.publication, took: time.uptime - entry.publishedAt,
                result: entry.returned != nil ? .returned : isAcknowledged ? .confirmed : .refused)
        }
    }

    /// Notes what became of a publication, to be told to the store.
    private mutating func record(_ key: PublicationKey, failure: String?, at time: LaneTime) {
        let result: PublicationRecord.Result =
            if let failure {
                .failed(reason: failure, nextAttemptAt: time.wall + limits.republishAfter)
            } else {
                .confirmed
            }
        if toRecord.isEmpty { toRecordSince = time.uptime }
        toRecord.append(PublicationRecord(key: key, at: time.wall, result: result))
    }

    /// Takes messages to be published, each once, for the delivery that waits for them.
    private mutating func enqueue(_ messages: [OutboxMessage], for tag: DeliveryTag?) {
        for message in messages {
            if startWork(on: message.publicationKey, for: tag) { toPublish.append(.message(message)) }
        }
        if let tag { windows.expect(messages.count, for: tag) }
    }

    /// - Returns: whether it was not at work before.
    private mutating func startWork(on key: PublicationKey, for tag: DeliveryTag?) -> Bool {
        let before = atWork.count
        if let tag {
            atWork[key, default: []].append(tag)
        } else if atWork[key] == nil {
            atWork[key] = []
        }
        return atWork.count > before
    }

    // MARK: Storing

    private mutating func finishOrder(_ report: StoreReport, at time: LaneTime, into actions: inout [LaneAction]) {
        guard let done = order else { return }
        order = nil
        replyFlow.note(underWay: windows.unfinishedReplies, batch: limits.batch, at: time.uptime)
        storeFailures = 0
        storeRetryAt = nil
        looks.passed(done, moreIsDue: report.moreIsDue, at: time.uptime)
        for record in done.recording {
            for tag in atWork.removeValue(forKey: record.key) ?? [] { windows.finish(tag) }
        }
        for (delivery, disposition) in zip(done.deliveries, report.dispositions) {
            switch disposition {
            case .publish(let messages):
                enqueue(messages, for: windows.isOpen(delivery.tag.epoch) ? delivery.tag : nil)
                windows.finish(delivery.tag)
            case .parked: windows.finish(delivery.tag)
            case .deadLetter(let deadLetter):
                guard windows.isOpen(delivery.tag.epoch) else { continue }
                if case .tooLarge = delivery.body {
                    windows.handBack(delivery.tag)
                    actions.append(.reject(delivery.tag))
                } else {
                    // The delivery's one thing is now the dead letter's confirm.
                    toPublish.append(.deadLetter(delivery.tag, deadLetter))
                }
            }
        }
        enqueue(report.unsent, for: nil)
        for letter in report.deadLetters where startWork(on: .deadLetter(letter.id), for: nil) {
            toPublish.append(.parkedDeadLetter(letter))
        }
    }

    private mutating func failOrder(_ error: StoreError, at time: LaneTime) {
        guard let failed = order else { return }
        guard !error.isPassing, !failed.deliveries.isEmpty || failed.actsOnDue else {
            // The same order again, later: nothing is taken off the queue meanwhile.
            storeFailures += 1
            let doublings = Double(1 << min(storeFailures - 1, 20))
            storeRetryAt = time.uptime + min(limits.storeRetryCap, limits.storeRetryFirst * doublings)
            return
        }
        order = nil
        toRecord = failed.recording + toRecord
        looks.refused(failed, at: time.uptime, pause: limits.storeRetryCap)
        if failed.deliveries.count > 1 || failed.actsOnDue {
            waiting.isolate(failed.deliveries.filter { windows.isOpen($0.tag.epoch) })
            waitingSince = waiting.isEmpty ? nil : time.uptime
        } else if let delivery = failed.deliveries.first, windows.isOpen(delivery.tag.epoch) {
            if failed.refusal == nil {
                // What came of it can't be stored; the message itself may be, until that is mended.
                toPark.append((delivery, error))
            } else {
                let deadLetter = DeadLetter(
                    reason: .unprocessable(problem: error.description), source: delivery.source, at: time.wall)
                toPublish.append(.deadLetter(delivery.tag, deadLetter))
            }
        }
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

    private mutating func orderStore(at time: LaneTime, into actions: inout [LaneAction]) {
        if let order {
            guard let retryAt = storeRetryAt, retryAt <= time.uptime else { return }
            storeRetryAt = nil
            return actions.append(.store(order))
        }
        var next = StoreOrder(recording: [], deliveries: [], actsOnDue: false)
        let isLookDue = phase == .working && time.uptime >= looks.nextAt && toPark.isEmpty
        if let (delivery, refusal) = toPark.popFirst() {
            next.deliveries = [delivery]
            next.refusal = refusal
        } else if !(isLookDue && looks.goFirst), batchIsDue(at: time) {
            let flow = replyFlow.state(
                underWay: windows.unfinishedReplies, batch: limits.batch, at: time.uptime)
            next.deliveries = waiting.takeBatch(limit: limits.batch, replies: flow)
            waitingSince = waiting.isEmpty ? nil : time.uptime
        }
        // What is due makes messages, so it is looked for only when they could be published: an outage of the broker
        // spends no attempts. As long as many wait already, no more are fetched.
        if isLookDue {
            let canPublish = publisher.map { !$0.isBlocked } ?? false && toPublish.count < limits.publicationsInFlight
            looks.join(&next, canPublish: canPublish, at: time.uptime, every: limits.dueEvery)
        }
        guard !next.deliveries.isEmpty || next.actsOnDue || recordsAreDue(at: time) else { return }
        next.recording = toRecord
        toRecord.removeAll(keepingCapacity: true)
        order = next
        actions.append(.store(next))
    }

    private func batchIsDue(at time: LaneTime) -> Bool {
        guard let waitingSince else { return false }
        if waiting.count >= limits.batch || phase == .draining { return true }
        return isCaughtUp && time.uptime >= waitingSince + limits.linger
    }

    /// Records travel with the next batch; alone when none is coming, or when confirms are late.
    private func recordsAreDue(at time: LaneTime) -> Bool {
        guard !toRecord.isEmpty else { return false }
        return (publisher?.ledger.count ?? 0) == 0 || time.uptime >= toRecordSince + limits.recordAfter
    }

    private mutating func publish(at time: LaneTime, into actions: inout [LaneAction]) {
        guard let next = publisher?.nextBurst(of: &toPublish, limits: limits, at: time.uptime) else { return }
        actions.append(.publish(next))
    }
}
