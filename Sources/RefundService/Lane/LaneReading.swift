internal import AMQPClient
internal import Foundation
internal import Logging
internal import RefundMessages
internal import RefundPolicy
internal import RefundWorker

/// What a lane's thread waits for and reads from its two connections.
extension LaneThread {
    func waitForSomething() {
        var descriptors = [pollfd(fd: wakeUp.fileDescriptor, events: Int16(POLLIN), revents: 0)]
        for connection in [publisher.connection, readableConsumer].compactMap({ $0 }) {
            if connection.hasBufferedInput { return }
            descriptors.append(pollfd(fd: connection.fileDescriptor, events: Int16(POLLIN), revents: 0))
        }
        let milliseconds = max(0, (wakeUpAt - uptime).microseconds + 999) / 1_000
        _ = poll(&descriptors, nfds_t(descriptors.count), Int32(clamping: milliseconds))
    }

    /// The next moment at which something is to be done although nothing comes: at the latest when a heartbeat to the
    /// broker or a beat of the lane's own pulse is due.
    private var wakeUpAt: Duration {
        var next = uptime + min(settings.connection.heartbeat / 3, control.pulse.interval)
        // The consumer is opened after the publisher: until that is open, its own time to retry means nothing.
        let consumerRetryAt = isCancelled || publisher.connection == nil ? nil : consumer.retryAt
        for time in [lane.wakeUpAt, publisher.retryAt, consumerRetryAt, stopAt] {
            if let time { next = min(next, time) }
        }
        return next
    }

    /// The consumer, unless so much is held already that reading must wait for acknowledgements.
    private var readableConsumer: Connection? {
        held.bytes < settings.heldBytes ? consumer.connection : nil
    }

    /// What has come is read first and told afterwards, all at one time: confirms of one moment are recorded together.
    func readPublisher() {
        var events: [Event] = []
        repeat {
            events.removeAll(keepingCapacity: true)
            var failure: AMQPError?
            do throws(AMQPError) {
                while events.count < LaneThread.eventsAtOnce, let connection = publisher.connection,
                    let event = try connection.receive(waitingAtMost: .zero)
                {
                    events.append(event)
                }
            } catch {
                failure = error
            }
            let time = time
            for event in events { heed(event, at: time) }
            if let failure { return lost(failure, consumer: false) }
        } while events.count == LaneThread.eventsAtOnce
    }

    /// How much is read before it is told.
    private static let eventsAtOnce = 256

    private func heed(_ event: Event, at time: LaneTime) {
        switch event {
        case .confirmed(let confirmation):
            publisher.settle()
            tell(
                .settled(
                    sequence: confirmation.sequence, multiple: confirmation.multiple,
                    isAcknowledged: confirmation.isAcknowledged), at: time)
        case .returned(let message): heed(message)
        case .blocked(let reason):
            noteAlarm(reason)
            log.warning("the broker takes no messages for now", metadata: ["reason": "\(reason)"])
            tell(.publisherBlocked)
        case .unblocked:
            noteAlarm(nil)
            log.info("the broker takes messages again")
            tell(.publisherUnblocked)
        case .delivery, .consumerCancelled: break
        }
    }

    private func heed(_ message: ReturnedMessage) {
        let reason = "returned by the broker: \(message.replyCode) \(message.replyText)"
        log.error(
            "a message could be routed nowhere; `refund-worker topology declare` adds missing queues and bindings",
            metadata: about(
                message.properties.correlationID.flatMap { RequestID($0) },
                TraceContext.traceparent(in: message.properties.headers)
            ).merging(["exchange": "\(message.exchange)", "routing_key": "\(message.routingKey)"]) { $1 })
        tell(
            .returned(
                messageID: message.properties.messageID, isDeadLetter: message.exchange == settings.names.dead,
                reason: reason))
    }

    func readConsumer() {
        do throws(AMQPError) {
            // Bounded, so that confirms and answers are heard under any backlog.
            for _ in 0..<max(64, settings.limits.batch) {
                guard let connection = readableConsumer else {
                    // As much is held as may be: the batch does not wait for more.
                    if consumer.connection != nil { tell(.caughtUp) }
                    return
                }
                guard let event = try connection.receive(waitingAtMost: .zero) else { return tell(.caughtUp) }
                switch event {
                case .delivery(let delivery):
                    consumer.settle()
                    held.append(delivery)
                    let source = delivery.consumerTag.flatMap { sources[$0] } ?? .requests
                    observation.metrics.delivered(from: source, isRedelivered: delivery.redelivered)
                    tell(
                        .delivered(
                            InboundDelivery(
                                delivery, from: source, isSharded: settings.isSharded, at: control.clock())))
                    if !isCancelled {
                        try heedWindow(delivery.redelivered, from: source, on: connection)
                    }
                case .consumerCancelled(let tag):
                    // The queue was deleted, or its node went away: start afresh, since the other consumer alone is no lane.
                    noteCancelled(sources[tag])
                    log.error(
                        "the broker has cancelled a consumer; check the queue with `refund-worker topology check`",
                        metadata: ["queue": "\(sources[tag]?.rawValue ?? "")"])
                    if let epoch = consumer.lose(uptime: uptime) {
                        held = HeldDeliveries()
                        tell(.consumerLost(epoch: epoch))
                    }
                    return
                case .blocked, .unblocked, .confirmed, .returned: break
                }
            }
        } catch {
            lost(error, consumer: true)
        }
    }
}
