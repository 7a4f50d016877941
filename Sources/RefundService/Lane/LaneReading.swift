internal import AMQPClient
internal import Foundation
internal import Logging
internal import RefundMessages
internal import RefundPolicy
internal import RefundWorker

/// What a lane's thread waits for and reads from its connections.
extension LaneThread {
    func waitForSomething() {
        var descriptors = [pollfd(fd: wakeUp.fileDescriptor, events: Int16(POLLIN), revents: 0)]
        for connection in [publisher.connection] + consumers.map(readableConnection) {
            guard let connection else { continue }
            if connection.hasBufferedInput { return }
            descriptors.append(pollfd(fd: connection.fileDescriptor, events: Int16(POLLIN), revents: 0))
        }
        let milliseconds = max(0, (wakeUpAt - uptime).microseconds + 999) / 1_000
        _ = poll(&descriptors, nfds_t(descriptors.count), Int32(clamping: milliseconds))
    }

    /// The shortest of all connections: the broker may have asked for more heartbeats.
    var heartbeat: Duration {
        let agreed = ([publisher.connection] + consumers.map(\.link.connection)).compactMap { $0?.heartbeat }
        return agreed.reduce(settings.connection.heartbeat, min)
    }

    /// The next moment at which something is to be done although nothing comes: at the latest when a heartbeat to the
    /// broker or a beat of the lane's own pulse is due.
    private var wakeUpAt: Duration {
        var next = uptime + min(heartbeat / 3, control.pulse.interval)
        for time in [lane.wakeUpAt, publisher.retryAt, stopAt] {
            if let time { next = min(next, time) }
        }
        // Consumers are opened after the publisher: until that is open, their own time to retry means nothing.
        guard !isCancelled, publisher.connection != nil else { return next }
        return consumers.filter { !isGivingBack($0.source) }.compactMap(\.link.retryAt).reduce(next, min)
    }

    /// The consumer's connection, unless so much is held of it already that reading must wait for acknowledgements: the
    /// prefetch counts messages (RabbitMQ knows no other), and this counts their bytes. For each queue by itself: requests
    /// that can't be finished as yet take nothing from replies and people.
    private func readableConnection(of consumer: LaneConsumer) -> Connection? {
        consumer.held.bytes < settings.limits.bytes.held ? consumer.link.connection : nil
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
            if let failure { return lostPublisher(failure) }
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
        case .delivery, .consumerStarted, .consumerCancelled: break
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

    /// Replies are read before requests. The lane has caught up when nothing more has come by either.
    func readConsumers() {
        var isCaughtUp = true
        for place in consumers.indices where !readConsumer(place) { isCaughtUp = false }
        if isCaughtUp { tell(.caughtUp) }
    }

    /// - Returns: whether all was read that has come, or may be read now: where as much is held as may be, the batch does
    ///   not wait for more.
    private func readConsumer(_ place: Int) -> Bool {
        do throws(AMQPError) {
            // Bounded, so that confirms and answers are heard under any backlog.
            for _ in 0..<max(64, settings.limits.batch) {
                guard let connection = readableConnection(of: consumers[place]) else {
                    try consumers[place].keepAlive(uptime: uptime)
                    return true
                }
                guard let event = try connection.receive(waitingAtMost: .zero) else { return true }
                switch event {
                case .delivery(let delivery): try take(delivery, place, connection)
                case .consumerCancelled:
                    // The queue was deleted, or its node went away: start afresh.
                    noteCancelled(consumers[place].source)
                    log.error(
                        "the broker has cancelled a consumer; check the queue with `refund-worker topology check`",
                        metadata: ["queue": "\(name(of: consumers[place].source))"])
                    if let epoch = consumers[place].lose(uptime: uptime) { tell(.consumerLost(epoch: epoch)) }
                    return true
                case .consumerStarted: consumerStarted(place)
                case .blocked, .unblocked, .confirmed, .returned: break
                }
            }
            return false
        } catch {
            lostConsumer(place, error)
            return true
        }
    }

    private func take(_ delivery: Delivery, _ place: Int, _ connection: Connection) throws(AMQPError) {
        let source = consumers[place].source
        consumers[place].link.settle()
        consumers[place].hold(delivery)
        observation.metrics.delivered(from: source, isRedelivered: delivery.redelivered)
        tell(
            .delivered(
                InboundDelivery(
                    delivery, from: source, names: settings.names, isSharded: settings.isSharded,
                    consoleUser: settings.consoleUser, at: control.clock())))
        // Telling may have cost the connection.
        guard !isCancelled, consumers[place].link.connection === connection else { return }
        try consumers[place].heed(
            isRedelivered: delivery.redelivered, on: connection, queue: name(of: source),
            prefetch: prefetch(of: source))
    }
}
