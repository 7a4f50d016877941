import RefundMessages
import RefundPolicy

/// RabbitMQ as far as the worker can tell: quorum queues with delivery limits and dead-lettering, prefetch, confirms,
/// returns, alarms, cancels and lost connections. It loses no message that it has confirmed.
final class SimulatedBroker {
    /// Times a message may come back to a queue of the worker's (contract § 2).
    static let deliveryLimit = 20

    let timeline: Timeline
    private let auditor: Auditor
    private let faults: Faults
    private var random: SeededRandom
    private(set) var connections: [BrokerConnection] = []
    private var ready: [QueueName: [BrokerMessage]] = [:]
    private var turns: [QueueName: Int] = [:]
    private var serial = 0
    /// Queues to which nothing is bound for the moment.
    var unbound: Set<QueueName> = []
    /// Queues over whose messages it closes the channel.
    var forbidden: Set<QueueName> = []
    /// Queues that take no message.
    var full: Set<QueueName> = []
    /// Queues about whose messages it says nothing.
    var silent: Set<QueueName> = []
    private(set) var isBlocked = false
    /// What comes back now comes from a worker that has died of a message.
    var isPoisoned = false
    private(set) var isUp = true
    /// Hears of everything that lands in a queue that is not the worker's.
    var onArrival: (BrokerMessage, QueueName) -> Void = { _, _ in }

    init(timeline: Timeline, auditor: Auditor, faults: Faults, seed: UInt64) {
        self.timeline = timeline
        self.auditor = auditor
        self.faults = faults
        random = SeededRandom(seed: seed, stream: 2)
    }

    func latency() -> Duration {
        faults.chance(.slowNetwork, full: 0.2)
            ? random.time(.milliseconds(1), .seconds(8)) : random.time(.microseconds(100), .milliseconds(20))
    }

    // MARK: Connections

    /// `nil` while the broker is down.
    func connect(_ name: String, onFrame: @escaping (Frame) -> Void) -> BrokerConnection? {
        guard isUp else { return nil }
        let connection = BrokerConnection(name: name, broker: self, onFrame: onFrame)
        connections.append(connection)
        if isBlocked { connection.tell(.blocked) }
        return connection
    }

    /// Takes back what the connection had: to the front, in its old order, as a quorum queue does.
    func forget(_ connection: BrokerConnection) {
        connections.removeAll { $0 === connection }
        let held = connection.unacknowledged
        connection.unacknowledged = []
        for queue in [QueueName.replies, .requests] {
            takeBack(held.filter { $0.queue == queue }.map(\.message), to: queue)
        }
        dispatch()
    }

    private func takeBack(_ messages: [BrokerMessage], to queue: QueueName) {
        var kept: [BrokerMessage] = []
        for message in messages {
            message.returns += 1
            if isPoisoned { message.returnsByPoison += 1 }
            auditor.returned(message)
            if message.returns > SimulatedBroker.deliveryLimit {
                bury(message, because: "delivery_limit", from: queue)
            } else {
                kept.append(message)
            }
        }
        ready[queue, default: []].insert(contentsOf: kept, at: 0)
    }

    private func bury(_ message: BrokerMessage, because code: String, from queue: QueueName) {
        arrive(
            BrokerMessage(
                serial: nextSerial(), id: message.id, type: message.type, routingKey: message.routingKey,
                body: message.body, deadCode: code), in: .dead)
        auditor.brokerBuried(message, because: code)
    }

    // MARK: Consuming

    func consume(_ connection: BrokerConnection, queue: QueueName, prefetch: Int) {
        connection.window[queue] = prefetch
        dispatch()
    }

    func cancel(_ connection: BrokerConnection) {
        connection.window = [:]
    }

    private func dispatch() {
        for queue in [QueueName.replies, .requests] {
            while let message = ready[queue]?.first, let connection = nextConsumer(of: queue) {
                ready[queue]?.removeFirst()
                let tag = connection.nextTag
                connection.nextTag += 1
                connection.unacknowledged.append(.init(tag: tag, queue: queue, message: message))
                connection.tell(.delivery(message, tag: tag, from: queue))
            }
        }
    }

    private func nextConsumer(of queue: QueueName) -> BrokerConnection? {
        let turn = turns[queue, default: 0]
        for offset in connections.indices {
            let index = (turn + offset) % connections.count
            let connection = connections[index]
            guard let prefetch = connection.window[queue] else { continue }
            if connection.unacknowledged.lazy.filter({ $0.queue == queue }).count < prefetch {
                turns[queue] = index + 1
                return connection
            }
        }
        return nil
    }

    func acknowledge(_ connection: BrokerConnection, tag: UInt64, multiple: Bool) {
        guard let last = connection.unacknowledged.firstIndex(where: { $0.tag == tag }) else {
            auditor.unknownTag(tag, on: connection.name)
            return connection.close("406 PRECONDITION_FAILED unknown delivery tag \(tag)")
        }
        let settled = Array(connection.unacknowledged[(multiple ? 0 : last)...last])
        connection.unacknowledged.removeSubrange((multiple ? 0 : last)...last)
        for delivery in settled { auditor.acknowledged(delivery.message, from: delivery.queue) }
        dispatch()
    }

    /// Rejects without requeueing: the queue's own dead-lettering has it.
    func reject(_ connection: BrokerConnection, tag: UInt64) {
        guard let index = connection.unacknowledged.firstIndex(where: { $0.tag == tag }) else {
            auditor.unknownTag(tag, on: connection.name)
            return connection.close("406 PRECONDITION_FAILED unknown delivery tag \(tag)")
        }
        let delivery = connection.unacknowledged.remove(at: index)
        bury(delivery.message, because: "rejected", from: delivery.queue)
        dispatch()
    }

    // MARK: Publishing

    /// A message for the worker, through somebody's exchange. What people say must not wait behind requests.
    func deliver(id: String, type: String, body: [UInt8], through sender: InboundSender) {
        let routingKey = type == "refund.strange" ? "refund.requested" : type
        ready[sender == .intake ? .requests : .replies, default: []].append(
            BrokerMessage(
                serial: nextSerial(), id: id, type: type, routingKey: routingKey, body: body, sender: sender))
        dispatch()
    }

    func publish(_ outgoing: Outgoing, on connection: BrokerConnection) {
        connection.sequence += 1
        let sequence = connection.sequence
        let queue = QueueName.bound(to: outgoing)
        if unbound.contains(queue) {
            faults.hit(.returns)
            auditor.notTaken(outgoing.id)
            connection.tell(.returned(id: outgoing.id, isDeadLetter: outgoing.exchange == .dead))
            return confirm(sequence, on: connection, isAcknowledged: true)
        }
        if forbidden.contains(queue) {
            faults.hit(.forbidden)
            auditor.notTaken(outgoing.id)
            return connection.close("403 ACCESS_REFUSED", isRefusal: true)
        }
        let isFull = full.contains(queue)
        if isFull { faults.hit(.full) }
        let isRefused = isFull || faults.chance(.nacks, full: 0.15)
        if isRefused { auditor.notTaken(outgoing.id) }
        // A refused message may be in the queue all the same.
        if !isRefused || !isFull && random.chance(0.3) {
            arrive(
                BrokerMessage(
                    serial: nextSerial(), id: outgoing.id, type: outgoing.routingKey, routingKey: outgoing.routingKey,
                    body: outgoing.body, attempt: outgoing.attempt, deadCode: outgoing.deadCode), in: queue)
        }
        if silent.contains(queue) {
            // As a quorum queue without a majority does it: the channel waits, and at last the connection ends without a word.
            faults.hit(.silentQueue)
            connection.unconfirmed.append((sequence, !isRefused))
            connection.hold(for: queue)
            timeline.after(.seconds(10)) { [self] in
                if connection.isHeld, silent.contains(queue) { connection.close("without a word") }
            }
            return
        }
        confirm(sequence, on: connection, isAcknowledged: !isRefused)
    }

    /// The queue has a majority again.
    func tellWhatWasSilent(of queue: QueueName) {
        guard !silent.contains(queue) else { return }
        for connection in connections where connection.isHeld(for: queue) {
            for (sequence, _) in connection.unconfirmed { sendConfirm(sequence, on: connection) }
            connection.letGo()
        }
    }

    private func arrive(_ message: BrokerMessage, in queue: QueueName) {
        auditor.published(message, in: queue)
        onArrival(message, queue)
    }

    private func confirm(_ sequence: UInt64, on connection: BrokerConnection, isAcknowledged: Bool) {
        connection.unconfirmed.append((sequence, isAcknowledged))
        if faults.chance(.withheldConfirms, full: 0.2) { return }
        let wait: Duration =
            faults.chance(.lateConfirms, full: 0.5)
            ? random.time(.milliseconds(10), .seconds(40)) : random.time(.zero, .milliseconds(5))
        timeline.after(wait) { [self] in sendConfirm(sequence, on: connection) }
    }

    private func sendConfirm(_ sequence: UInt64, on connection: BrokerConnection) {
        guard let index = connection.unconfirmed.firstIndex(where: { $0.sequence == sequence }) else { return }
        let isAcknowledged = connection.unconfirmed[index].isAcknowledged
        // `multiple` speaks for all before it, which must have had the same end.
        let covered = connection.unconfirmed.filter { $0.sequence <= sequence }
        let agrees = covered.allSatisfy { $0.isAcknowledged == isAcknowledged }
        if agrees, faults.chance(.multipleConfirms, full: 0.8) {
            connection.unconfirmed.removeAll { $0.sequence <= sequence }
            connection.tell(.confirm(sequence: sequence, multiple: true, isAcknowledged: isAcknowledged))
        } else {
            connection.unconfirmed.remove(at: index)
            connection.tell(.confirm(sequence: sequence, multiple: false, isAcknowledged: isAcknowledged))
        }
    }

    // MARK: Trouble

    func block() {
        guard !isBlocked else { return }
        isBlocked = true
        for connection in connections { connection.tell(.blocked) }
    }

    func unblock() {
        guard isBlocked else { return }
        isBlocked = false
        for connection in connections { connection.tell(.unblocked) }
        for connection in connections { connection.resume() }
    }

    func goDown() {
        isUp = false
        isBlocked = false
        for connection in connections { connection.close("320 CONNECTION_FORCED") }
    }

    func comeUp() {
        isUp = true
    }

    func cancelConsumer(of connection: BrokerConnection, queue: QueueName) {
        guard connection.window.removeValue(forKey: queue) != nil else { return }
        connection.tell(.cancelled(queue))
    }

    /// The end of all trouble: what was withheld is told.
    func heal() {
        comeUp()
        unbound = []
        forbidden = []
        full = []
        silent = []
        unblock()
        for connection in connections {
            for (sequence, _) in connection.unconfirmed { sendConfirm(sequence, on: connection) }
            connection.letGo()
        }
    }

    /// Messages for the worker that it has not acknowledged.
    var backlog: Int {
        ready.values.reduce(0) { $0 + $1.count } - (ready[.unrouted]?.count ?? 0)
            + connections.reduce(0) { $0 + $1.unacknowledged.count }
    }

    private func nextSerial() -> Int {
        serial += 1
        return serial
    }
}

extension QueueName {
    fileprivate static func bound(to outgoing: Outgoing) -> QueueName {
        guard outgoing.exchange == .outbound else { return .dead }
        switch outgoing.routingKey {
        case "access.revoke": return .revoke
        case "payout.issue": return .payout
        default: return outgoing.routingKey.hasPrefix("notice.") ? .notices : .alerts
        }
    }
}
