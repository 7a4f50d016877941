import RefundMessages
import RefundPolicy
import RefundWorker

/// How a worker connects, and what it reads.
extension SimulatedWorker {
    func connect(_ process: Process) {
        let now = world.timeline.now
        if let retryAt = process.publisher.retryAt, now >= retryAt { openPublisher(process) }
        guard !process.isDead, process.publisher.connection != nil, !process.isCancelled else { return }
        if let retryAt = process.consumer.retryAt, now >= retryAt { openConsumer(process) }
    }

    private func openPublisher(_ process: Process) {
        process.publisher.epoch += 1
        let epoch = process.publisher.epoch
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

    private func openConsumer(_ process: Process) {
        process.consumer.epoch += 1
        let epoch = process.consumer.epoch
        let connection = world.broker.connect("\(name) consumer \(epoch)") { [weak self, weak process] frame in
            guard let self, let process, self.process === process, process.consumer.epoch == epoch else { return }
            process.consumer.inbox.append(frame)
            wake()
        }
        guard let connection else {
            process.consumer.retryAt = retryTime()
            return
        }
        process.consumer.opened(connection)
        process.held = [:]
        for queue in [QueueName.replies, .requests] { consume(queue, on: connection, process) }
        tell(.consumerOpened(epoch: epoch))
    }

    /// Starts a consumer, or starts it afresh with the window that it has by now.
    private func consume(_ queue: QueueName, on connection: BrokerConnection, _ process: Process) {
        let probation = world.sabotage.probation(process.probation[queue] ?? Probation())
        let prefetch = probation.window(min(2_000, max(16, world.limits.batch * 4)))
        process.probation[queue] = probation
        connection.request { [world] in world.broker.consume(connection, queue: queue, prefetch: prefetch) }
    }

    private func retryTime() -> Instant {
        world.timeline.now + world.draw { $0.time(.milliseconds(10), .seconds(4)) }
    }

    func losePublisher(_ process: Process) {
        guard let epoch = process.publisher.lose(retryAt: retryTime()) else { return }
        note("has lost its publisher")
        tell(.publisherLost(epoch: epoch))
    }

    func loseConsumer(_ process: Process) {
        guard let epoch = process.consumer.lose(retryAt: retryTime()) else { return }
        note("has lost its consumer")
        process.held = [:]
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
            case .closed: return losePublisher(process)
            case .delivery, .cancelled: break
            }
        }
    }

    func readConsumer(_ process: Process) {
        guard !process.isDead, process.consumer.connection != nil else { return }
        for _ in 0..<max(64, world.limits.batch) {
            guard !process.isDead, process.consumer.connection != nil else { return }
            guard !process.consumer.inbox.isEmpty else { return tell(.caughtUp) }
            switch process.consumer.inbox.removeFirst() {
            case .delivery(let message, let tag, let queue):
                if dies(.onDelivery) { return }
                process.held[tag] = message
                tell(.delivered(delivery(of: message, tag: tag, from: queue, epoch: process.consumer.epoch)))
                guard !process.isDead, !process.isCancelled, let connection = process.consumer.connection else { break }
                if process.probation[queue]?.delivered(isRedelivered: message.returns > 0) ?? false {
                    consume(queue, on: connection, process)
                }
            case .cancelled: return loseConsumer(process)
            case .closed: return loseConsumer(process)
            case .blocked, .unblocked, .confirm, .returned: break
            }
        }
        // More is waiting: another round.
        world.timeline.after(.zero) { [self] in wake() }
    }

    private func delivery(
        of message: BrokerMessage, tag: UInt64, from queue: QueueName, epoch: UInt64
    ) -> InboundDelivery {
        InboundDelivery(
            tag: DeliveryTag(epoch: epoch, number: tag), source: queue.source ?? .requests,
            isRedelivered: message.returns > 0,
            type: Result { () throws(DeadLetterReason) in
                try InboundType(type: message.type, routingKey: message.routingKey)
            }, messageID: message.id, traceparent: nil,
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
