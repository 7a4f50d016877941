internal import AMQPClient
internal import DequeModule
internal import Foundation
internal import Logging
internal import RefundMessages
internal import RefundPolicy
internal import RefundWorker
internal import Tracing

/// The thread of a lane that talks to the broker: it reads frames, tells the lane, and does what the lane says. It never
/// waits for the store.
///
/// Everything here belongs to that thread but `control`, by which others ask it to stop.
final class LaneThread {
    let settings: LaneSettings
    let control: LaneControl
    private let storeThread: StoreThread
    let wakeUp: WakeUp
    let log: Logger
    private let started = ContinuousClock.now

    private(set) var lane: Lane
    /// Replies before requests.
    var consumers: [LaneConsumer]
    var publisher: LaneConnection
    /// That of the connection that was opened last.
    private var epoch = Epoch(0)
    var isCancelled = false
    /// Another store is where this lane's was.
    var isWithdrawn = false
    private var isFinished = false
    private(set) var stopAt: Duration?
    /// Up to when the time in which the broker took no messages is counted; `nil` while it does.
    private var blockedAt: Duration?
    var standstill = Standstill()
    /// What the lane has asked for and is not done yet, in its order.
    private var actions: Deque<LaneAction> = []
    private var isActing = false

    init(
        settings: LaneSettings, nodes: BrokerNodes, control: LaneControl, storeThread: StoreThread,
        wakeUp: WakeUp, log: Logger
    ) {
        self.settings = settings
        self.control = control
        self.storeThread = storeThread
        self.wakeUp = wakeUp
        self.log = log
        lane = Lane(limits: settings.limits)
        consumers = [.replies, .requests].map { LaneConsumer(of: $0, nodes: nodes) }
        publisher = LaneConnection(role: .publisher, nodes: nodes)
    }

    /// Works until the lane has finished after a stop, or the time for that is over.
    func run() {
        show { $0.phase = .running }
        while true {
            control.pulse.beat()
            heedControl()
            if isFinished { break }
            connect()
            waitForSomething()
            wakeUp.clear()
            for answer in storeThread.takeAnswers() {
                switch answer {
                case .report(let report, let order):
                    tellOf(report, of: order)
                    if hasStoreTrouble { noteStore(nil) }
                    if isWithdrawn { comeBack() }
                    tell(.stored(report))
                case .failure(let error):
                    if error.isPassing { noteStore(error) }
                    log.warning("\(error)")
                    if error.kind == .exchanged { withdraw() }
                    tell(.storeFailed(error))
                }
            }
            readPublisher()
            readConsumers()
            tell(.ticked)
            countBlockedTime()
            standstill.note(takesNoRequests: !lane.takesRequests, at: uptime)
            giveBackWhileStanding()
        }
        publisher.close()
        for place in consumers.indices { consumers[place].link.close() }
        storeThread.stop()
    }

    var uptime: Duration { ContinuousClock.now - started }

    var time: LaneTime { LaneTime(wall: control.clock(), uptime: uptime) }

    // MARK: The lane

    func tell(_ input: LaneInput) {
        tell(input, at: time)
    }

    func tell(_ input: LaneInput, at time: LaneTime) {
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
        case .publish(let publications, let before):
            let span = observation.tracing.publish(publications)
            publish(publications, before: before)
            span?.end()
            observation.metrics.published(publications)
        case .acknowledge(let tag, let multiple): acknowledge(tag, multiple: multiple)
        case .reject(let tag):
            tellOfRejected(tag)
            onConsumer(of: tag) { consumer throws(AMQPError) in try consumer.reject(tag) }
        case .cancelConsumers: cancelConsumers()
        case .renewPublisher(let reason): abandonPublisher(because: reason)
        case .outlets(let troubles): note(troubles)
        case .settled(let settlements):
            observation.metrics.settled(settlements, at: control.clock())
            tellOf(settlements)
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
        show { $0.phase = .draining }
        log.info("stopping: finishing what was begun")
        tell(.stop)
    }

    // MARK: Connections

    /// Opens one connection at a time: between two the thread looks at those that are open, whose heartbeats it sends.
    private func connect() {
        guard !isWithdrawn else { return }
        if let retryAt = publisher.retryAt, uptime >= retryAt { return openPublisher() }
        // Requests are taken only once their messages can go out.
        guard publisher.connection != nil, !isCancelled else { return }
        let due = consumers.indices.compactMap { place -> (place: Int, retryAt: Duration)? in
            guard let retryAt = consumers[place].link.retryAt, uptime >= retryAt else { return nil }
            return isGivingBack(consumers[place].source) ? nil : (place, retryAt)
        }
        // What has waited longest: one that fails again and again comes after the other.
        if let next = due.min(by: { $0.retryAt < $1.retryAt }) { openConsumer(next.place) }
    }

    private func nextEpoch() -> Epoch {
        epoch = epoch.next
        return epoch
    }

    private func openPublisher() {
        do throws(AMQPError) {
            let epoch = nextEpoch()
            try publisher.open(
                epoch: epoch, options: options(for: .publisher), uptime: { uptime },
                prepare: { connection throws(AMQPError) in try connection.enableConfirms() })
            noteOpened(.publisher)
            log.info("connected to publish", metadata: ["node": "\(publisher.connection?.endpoint.address ?? "")"])
            tell(.publisherOpened(epoch: epoch.number))
        } catch {
            noteLost(.publisher, .failed, error)
            report(error, of: publisher)
        }
    }

    private func openConsumer(_ place: Int) {
        let (source, role) = (consumers[place].source, consumers[place].link.role)
        let epoch = nextEpoch()
        do throws(AMQPError) {
            try consumers[place].open(
                epoch: epoch, options: options(for: role), queue: name(of: source), prefetch: prefetch(of: source),
                uptime: { uptime })
        } catch {
            noteLost(role, .failed, error)
            report(error, of: consumers[place].link)
        }
    }

    /// The broker has started a consumer; the first of a connection is told.
    func consumerStarted(_ place: Int) {
        guard let epoch = consumers[place].started() else { return }
        let source = consumers[place].source
        noteOpened(consumers[place].link.role)
        let node = consumers[place].link.connection?.endpoint.address ?? ""
        log.info("consuming", metadata: ["queue": "\(name(of: source))", "node": "\(node)"])
        tell(.consumerOpened(source, epoch: epoch))
    }

    func name(of source: SourceQueue) -> String {
        source == .replies ? settings.names.replies : settings.names.requests
    }

    func prefetch(of source: SourceQueue) -> UInt16 {
        source == .replies ? settings.replyPrefetch : settings.requestPrefetch
    }

    private func options(for role: LaneConnection.Role) -> ConnectionOptions {
        var options = settings.connection
        options.connectionName = "refund-worker \(settings.name) \(role.rawValue)"
        // A thread that waits for one socket sends no heartbeats by the others, and is a third of one late besides.
        let longest = max(.seconds(1), heartbeat / 2)
        options.writeTimeout = min(options.writeTimeout, longest)
        options.connectTimeout = min(options.connectTimeout, longest)
        options.rpcTimeout = min(options.rpcTimeout, longest)
        return options
    }

    func lostConsumer(_ place: Int, _ error: AMQPError) {
        let event: WorkerMetrics.ConnectionEvent = consumers[place].isStarted ? .lost : .failed
        guard let epoch = consumers[place].lose(after: error, uptime: uptime) else { return }
        noteLost(consumers[place].link.role, event, error)
        report(error, of: consumers[place].link)
        tell(.consumerLost(epoch: epoch))
    }

    func lostPublisher(_ error: AMQPError) {
        guard let epoch = publisher.lose(uptime: uptime) else { return }
        noteLost(.publisher, .lost, error)
        report(error, of: publisher)
        // What the broker says of itself, such as that it stops, is about no message.
        let isRefusal = error.replyCode.map { $0 != LaneThread.connectionForced } ?? false
        let words = error.replyText.map { "\(error.replyCode ?? 0) \($0)" } ?? "\(error.replyCode ?? 0)"
        tell(.publisherLost(epoch: epoch, refusal: isRefusal ? "the broker closed the channel: \(words)" : nil))
    }

    /// AMQP 0-9-1, section 1.3.5.
    private static let connectionForced: UInt16 = 320

    /// Counts the time since the last turn, if the broker took no messages then.
    private func countBlockedTime() {
        guard let since = blockedAt else { return }
        let now = uptime
        observation.metrics.wasBlocked(for: now - since)
        blockedAt = now
    }

    /// The broker's alarm has gone on, with its words, or off.
    func noteAlarm(_ alarm: String?) {
        if alarm == nil { countBlockedTime() }
        blockedAt = alarm == nil ? nil : blockedAt ?? uptime
        standstill.note(isBlocked: alarm != nil, at: uptime)
        show { $0.alarm = alarm }
    }

    private func report(_ error: AMQPError, of connection: LaneConnection) {
        let pause = (connection.retryAt ?? uptime) - uptime
        let advice = error.code == .notFound ? " `refund-worker topology declare` makes what is missing." : ""
        log.warning(
            "\(connection.role.rawValue): \(error)\(advice) Trying again.",
            metadata: ["in": "\(max(.zero, pause).policyText)"])
    }
}
