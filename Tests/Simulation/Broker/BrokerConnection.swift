import RefundPolicy

/// A connection as the broker sees it, with the way there and back: frames take time and keep their order.
final class BrokerConnection {
    struct Unacknowledged {
        let tag: UInt64
        let queue: QueueName
        let message: BrokerMessage
    }

    let name: String
    private let broker: SimulatedBroker
    private let onFrame: (Frame) -> Void
    /// The broker still knows it.
    private(set) var isOpen = true
    /// Frames under way reach the other end.
    private var isSevered = false
    private var lastToClient: Instant
    private var lastToBroker: Instant

    var unacknowledged: [Unacknowledged] = []
    var nextTag: UInt64 = 1
    var window: [QueueName: Int] = [:]
    var sequence: UInt64 = 0
    /// Settled publications whose confirm is still to be sent: with `multiple` they go out together.
    var unconfirmed: [(sequence: UInt64, isAcknowledged: Bool)] = []
    /// What was sent while the broker takes no messages.
    private var stalled: [() -> Void] = []

    init(name: String, broker: SimulatedBroker, onFrame: @escaping (Frame) -> Void) {
        self.name = name
        self.broker = broker
        self.onFrame = onFrame
        lastToClient = broker.timeline.now
        lastToBroker = broker.timeline.now
    }

    // MARK: To the client

    func tell(_ frame: Frame) {
        guard isOpen else { return }
        send(frame)
    }

    private func send(_ frame: Frame) {
        lastToClient = max(lastToClient, broker.timeline.now + broker.latency())
        broker.timeline.at(lastToClient) { [self] in
            if isSevered {
                guard case .closed = frame else { return }
            }
            onFrame(frame)
        }
    }

    /// Ends the connection at the broker.
    ///
    /// - Parameter noticeAfter: how long the client takes to hear of it, where nothing more comes through; `nil` where
    ///   the broker tells it.
    func close(_ reason: String, noticeAfter: Duration? = nil, isRefusal: Bool = false) {
        guard isOpen else { return }
        isOpen = false
        if let noticeAfter {
            isSevered = true
            broker.timeline.after(noticeAfter) { [self] in onFrame(.closed(reason)) }
        } else {
            send(isRefusal ? .refused(reason) : .closed(reason))
        }
        stalled = []
        broker.forget(self)
    }

    // MARK: To the broker

    /// Something that the client sends: it takes effect when it arrives, if the connection still stands.
    func request(isPublication: Bool = false, _ effect: @escaping () -> Void) {
        lastToBroker = max(lastToBroker, broker.timeline.now + broker.latency())
        broker.timeline.at(lastToBroker) { [self] in
            guard isOpen else { return }
            if isPublication, broker.isBlocked || isHeld || !stalled.isEmpty {
                stalled.append(effect)
            } else {
                effect()
            }
        }
    }

    /// Reads on after an alarm.
    func resume() {
        guard !broker.isBlocked, !isHeld else { return }
        let waiting = stalled
        stalled = []
        for effect in waiting where isOpen {
            // One of them may have the channel wait again.
            if isHeld { stalled.append(effect) } else { effect() }
        }
    }

    /// The queue that its channel waits for.
    private var heldBy: QueueName?
    var isHeld: Bool { heldBy != nil }
    func isHeld(for queue: QueueName) -> Bool { heldBy == queue }
    func hold(for queue: QueueName) { heldBy = heldBy ?? queue }

    /// The queue has a majority again.
    func letGo() {
        heldBy = nil
        resume()
    }

    /// The client hangs up.
    func hangUp() {
        isSevered = true
        request { [self] in
            guard isOpen else { return }
            isOpen = false
            stalled = []
            broker.forget(self)
        }
    }
}
