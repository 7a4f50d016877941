internal import AMQPClient
internal import DequeModule
internal import Foundation
internal import Logging
internal import RefundMessages
internal import RefundPolicy
internal import RefundWorker

/// The thread of a lane that talks to the broker: it reads frames, tells the lane, and does what the lane says. It never
/// waits for the store.
///
/// Everything here belongs to that thread but `control`, by which others ask it to stop.
final class LaneThread {
    let settings: LaneSettings
    private let control: LaneControl
    private let storeThread: StoreThread
    private let wakeUp: WakeUp
    let log: Logger
    private let started = ContinuousClock.now

    private var lane: Lane
    var consumer: LaneConnection
    var publisher: LaneConnection
    var held = HeldDeliveries()
    var sources: [ConsumerTag: SourceQueue] = [:]
    var windows: [SourceQueue: QueueWindow] = [:]
    var isCancelled = false
    private var isFinished = false
    private var stopAt: Duration?
    /// What the lane has asked for and is not done yet, in its order.
    private var actions: Deque<LaneAction> = []
    private var isActing = false

    init(
        settings: LaneSettings, rotation: EndpointRotation, control: LaneControl, storeThread: StoreThread,
        wakeUp: WakeUp, log: Logger
    ) {
        self.settings = settings
        self.control = control
        self.storeThread = storeThread
        self.wakeUp = wakeUp
        self.log = log
        lane = Lane(limits: settings.limits)
        consumer = LaneConnection(role: "consumer", rotation: rotation)
        publisher = LaneConnection(role: "publisher", rotation: rotation)
    }

    /// Works until the lane has finished after a stop, or the time for that is over.
    func run() {
        while true {
            control.pulse.beat()
            heedControl()
            if isFinished { break }
            connect()
            waitForSomething()
            wakeUp.clear()
            for answer in storeThread.takeAnswers() {
                switch answer {
                case .report(let report):
                    tellOf(report)
                    tell(.stored(report))
                case .failure(let error):
                    log.warning("\(error)")
                    tell(.storeFailed(error))
                }
            }
            readPublisher()
            readConsumer()
            tell(.ticked)
        }
        publisher.close()
        consumer.close()
        storeThread.stop()
    }

    var uptime: Duration { ContinuousClock.now - started }

    private var time: LaneTime { LaneTime(wall: control.clock(), uptime: uptime) }

    // MARK: The lane

    func tell(_ input: LaneInput) {
        tell(input, at: time)
    }

    private func tell(_ input: LaneInput, at time: LaneTime) {
        actions.append(contentsOf: lane.handle(input, at: time))
        // An action may fail and so tell the lane something: what follows from that comes after what was asked before. The
        // ledger of confirms counts publications in the order in which the lane has asked for them.
        guard !isActing else { return }
        isActing = true
        while let action = actions.popFirst() { perform(action) }
        isActing = false
    }

    private func perform(_ action: LaneAction) {
        switch action {
        case .store(let order): storeThread.submit(order)
        case .publish(let publications): publish(publications)
        case .acknowledge(let tag, let multiple): acknowledge(tag, multiple: multiple)
        case .reject(let tag):
            onConsumer { connection throws(AMQPError) in
                try connection.reject(AMQPClient.DeliveryTag(tag), requeue: false)
                held.release(tag.number, multiple: false)
            }
        case .cancelConsumers: cancelConsumers()
        case .finished: isFinished = true
        }
    }

    private func heedControl() {
        guard control.isStopping, stopAt == nil else {
            if let stopAt, uptime >= stopAt, !isFinished {
                log.warning("not everything was finished within worker.drain; the broker delivers the rest again")
                isFinished = true
            }
            return
        }
        stopAt = uptime + settings.drain
        log.info("stopping: finishing what was begun")
        tell(.stop)
    }

    // MARK: Connections

    private func connect() {
        if let retryAt = publisher.retryAt, uptime >= retryAt { openPublisher() }
        // Requests are taken only once their messages can go out.
        guard publisher.connection != nil, !isCancelled else { return }
        if let retryAt = consumer.retryAt, uptime >= retryAt { openConsumer() }
    }

    private func openPublisher() {
        do throws(AMQPError) {
            let epoch = try publisher.open(
                options: options(for: "publisher"), uptime: { uptime },
                prepare: { connection throws(AMQPError) in try connection.enableConfirms() })
            log.info("connected to publish", metadata: ["node": "\(publisher.connection?.endpoint.address ?? "")"])
            tell(.publisherOpened(epoch: epoch))
        } catch {
            report(error, of: publisher)
        }
    }

    private func openConsumer() {
        do throws(AMQPError) {
            let epoch = try consumer.open(
                options: options(for: "consumer"), uptime: { uptime },
                prepare: { connection throws(AMQPError) in try startConsumers(on: connection) })
            held = HeldDeliveries()
            log.info("consuming", metadata: ["node": "\(consumer.connection?.endpoint.address ?? "")"])
            tell(.consumerOpened(epoch: epoch))
        } catch {
            report(error, of: consumer)
        }
    }

    private func options(for role: String) -> ConnectionOptions {
        var options = settings.connection
        options.connectionName = "refund-worker \(settings.name) \(role)"
        return options
    }

    func lost(_ error: AMQPError, consumer isConsumer: Bool) {
        if isConsumer {
            guard let epoch = consumer.lose(uptime: uptime) else { return }
            held = HeldDeliveries()
            report(error, of: consumer)
            tell(.consumerLost(epoch: epoch))
        } else {
            guard let epoch = publisher.lose(uptime: uptime) else { return }
            report(error, of: publisher)
            tell(.publisherLost(epoch: epoch))
        }
    }

    private func report(_ error: AMQPError, of connection: LaneConnection) {
        let pause = (connection.retryAt ?? uptime) - uptime
        let advice = error.code == .notFound ? " `refund-worker topology declare` makes what is missing." : ""
        log.warning(
            "\(connection.role): \(error)\(advice) Trying again.", metadata: ["in": "\(max(.zero, pause).policyText)"])
    }

    // MARK: Reading

    private func waitForSomething() {
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
    private func readPublisher() {
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
            log.warning("the broker takes no messages for now", metadata: ["reason": "\(reason)"])
            tell(.publisherBlocked)
        case .unblocked:
            log.info("the broker takes messages again")
            tell(.publisherUnblocked)
        case .delivery, .consumerCancelled: break
        }
    }

    private func heed(_ message: ReturnedMessage) {
        let reason = "returned by the broker: \(message.replyCode) \(message.replyText)"
        log.error(
            "a message could be routed nowhere; `refund-worker topology declare` adds missing queues and bindings",
            metadata: ["exchange": "\(message.exchange)", "routing_key": "\(message.routingKey)"])
        tell(
            .returned(
                messageID: message.properties.messageID, isDeadLetter: message.exchange == settings.names.dead,
                reason: reason))
    }

    private func readConsumer() {
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
                    tell(.delivered(InboundDelivery(delivery, from: source, isSharded: settings.isSharded)))
                    if !isCancelled {
                        try heedWindow(delivery.redelivered, from: source, on: connection)
                    }
                case .consumerCancelled(let tag):
                    // The queue was deleted, or its node went away: start afresh, since the other consumer alone is no lane.
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
