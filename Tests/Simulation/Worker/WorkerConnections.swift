import RefundMessages
import RefundPolicy
import RefundWorker

/// How a worker connects, and what it reads.
extension SimulatedWorker {
    func connect(_ process: Process) {
        let now = world.timeline.now
        if let retryAt = process.publisher.retryAt, now >= retryAt { openPublisher(process) }
        guard !process.isDead, process.publisher.connection != nil, !process.isCancelled else { return }
        for place in process.consumers.indices {
            guard !process.isDead, let retryAt = process.consumers[place].link.retryAt, now >= retryAt else { continue }
            openConsumer(place, process)
        }
    }

    private func openPublisher(_ process: Process) {
        process.epoch += 1
        let epoch = process.epoch
        process.publisher.epoch = epoch
        let connection = world.broker.connect("\(name) publisher \(epoch)") { [weak self, weak process] frame in
            guard let self, let process, self.process === process, process.publisher.epoch == epoch else { return }
            process.publisher.inbox.append(frame)
            wake()
        }
        guard let connection else {
            process.publisher.retryAt = retryTime()
            return
        }
        process.publisher.opened(connection)
        tell(.publisherOpened(epoch: epoch))
    }

    private func openConsumer(_ place: Int, _ process: Process) {
        process.epoch += 1
        let epoch = process.epoch
        process.consumers[place].link.epoch = epoch
        let queue = process.consumers[place].queue
        let connection = world.broker.connect("\(name) \(queue.rawValue) \(epoch)") { [weak self, weak process] frame in
            guard let self, let process, self.process === process, process.consumers[place].link.epoch == epoch else {
                return
            }
            process.consumers[place].link.inbox.append(frame)
            wake()
        }
        guard let connection else {
            process.consumers[place].link.retryAt = retryTime()
            return
        }
        process.consumers[place].link.opened(connection)
        process.consumers[place].held = [:]
        consume(place, on: connection, process)
        tell(.consumerOpened(queue.source ?? .requests, epoch: epoch))
    }

    /// Starts a consumer, or starts it afresh with the window that it has by now.
    private func consume(_ place: Int, on connection: BrokerConnection, _ process: Process) {
        let probation = world.sabotage.probation(process.consumers[place].probation)
        let prefetch = probation.window(min(2_000, max(16, world.limits.batch * 4)))
        process.consumers[place].probation = probation
        let queue = process.consumers[place].queue
        connection.request { [world] in world.broker.consume(connection, queue: queue, prefetch: prefetch) }
    }

    private func retryTime() -> Instant {
        world.timeline.now + world.draw { $0.time(.milliseconds(10), .seconds(4)) }
    }

    func losePublisher(_ process: Process, for duration: Duration? = nil, refusal: String? = nil) {
        let retryAt = duration.map { world.timeline.now + $0 } ?? retryTime()
        guard let epoch = process.publisher.lose(retryAt: retryAt) else { return }
        note("has lost its publisher")
        tell(.publisherLost(epoch: epoch, refusal: refusal))
    }

    func loseConsumer(_ place: Int, _ process: Process) {
        guard let epoch = process.consumers[place].link.lose(retryAt: retryTime()) else { return }
        note("has lost its consumer of \(process.consumers[place].queue.rawValue)")
        process.consumers[place].held = [:]
        tell(.consumerLost(epoch: epoch))
    }

    // MARK: Reading

    func readPublisher(_ process: Process) {
        while !process.isDead, !process.publisher.inbox.isEmpty {
            switch process.publisher.inbox.removeFirst() {
            case .confirm(let sequence, let multiple, let isAcknowledged):
                if dies(.onConfirm) { return }
                tell(.settled(sequence: sequence, multiple: multiple, isAcknowledged: isAcknowledged))
            case .returned(let id, let isDeadLetter):
                tell(.returned(messageID: id, isDeadLetter: isDeadLetter, reason: "312 NO_ROUTE"))
            case .blocked: tell(.publisherBlocked)
            case .unblocked: tell(.publisherUnblocked)
            case .refused(let words): return losePublisher(process, refusal: words)
            case .closed: return losePublisher(process)
            case .delivery, .cancelled: break
            }
        }
    }

    func readConsumers(_ process: Process) {
        var isCaughtUp = true
        for place in process.consumers.indices where !readConsumer(place, process) { isCaughtUp = false }
        if isCaughtUp {
            tell(.caughtUp)
        } else {
            // More is waiting: another round.
            world.timeline.after(.zero) { [self] in wake() }
        }
    }

    /// - Returns: whether all was read that has come.
    private func readConsumer(_ place: Int, _ process: Process) -> Bool {
        for _ in 0..<max(64, world.limits.batch) {
            guard !process.isDead, process.consumers[place].link.connection != nil,
                !process.consumers[place].link.inbox.isEmpty
            else { return true }
            switch process.consumers[place].link.inbox.removeFirst() {
            case .delivery(let message, let tag, let queue):
                if dies(.onDelivery) { return true }
                process.consumers[place].held[tag] = message
                let epoch = process.consumers[place].link.epoch
                tell(.delivered(delivery(of: message, tag: tag, from: queue, epoch: epoch)))
                guard !process.isDead, !process.isCancelled, let connection = process.consumers[place].link.connection
                else { break }
                if process.consumers[place].probation.delivered(isRedelivered: message.returns > 0) {
                    consume(place, on: connection, process)
                }
            case .cancelled, .closed, .refused:
                loseConsumer(place, process)
                return true
            case .blocked, .unblocked, .confirm, .returned: break
            }
        }
        return false
    }

    private func delivery(
        of message: BrokerMessage, tag: UInt64, from queue: QueueName, epoch: UInt64
    ) -> InboundDelivery {
        InboundDelivery(
            tag: DeliveryTag(epoch: epoch, number: tag), source: queue.source ?? .requests,
            isRedelivered: message.returns > 0,
            type: Result { () throws(DeadLetterReason) in
                try InboundType(type: message.type, routingKey: message.routingKey, from: message.sender)
            }, sender: message.sender, messageID: message.id, traceparent: nil,
            body: message.body.count > Scenario.bodySize ? .tooLarge(size: message.body.count) : .whole(message.body),
            envelope: nil)
    }

    /// Whether the worker dies here. Moments that are rare are the more likely ones to die at.
    func dies(_ point: CrashPoint, isRare: Bool = false) -> Bool {
        guard world.faults.chance(.crashAtAction, full: isRare ? 0.3 : 0.02) else { return false }
        crash(point)
        return true
    }
}
