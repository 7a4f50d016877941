import AMQPClient
import DequeModule
import RefundService

/// Sees a copy of everything that the workers and the systems behind them publish: a queue of its own, bound to the same
/// exchanges, so that each message still goes where it belongs. One queue for all, so that what follows from another
/// message comes after it.
///
/// Belongs to the drill's thread.
final class Collector {
    private var link: BrokerLink
    private let names: BrokerNames
    /// What has come and was not looked at yet.
    private var waiting: Deque<Delivery> = []
    private var heardAt = ContinuousClock.now

    static let queue = "drill.copies"
    private static let window: UInt16 = 1_000
    /// How long one turn may look at messages: what is sent has its times, too.
    private static let atMost = Duration.milliseconds(50)

    init(to endpoint: Endpoint, names: BrokerNames) {
        link = BrokerLink(to: endpoint, name: "collector")
        self.names = names
    }

    /// Whether nothing has come for a while, and everything that came was looked at.
    var isQuiet: Bool { link.connection != nil && waiting.isEmpty && ContinuousClock.now - heardAt > .seconds(1) }

    var fileDescriptor: Int32? { link.connection?.fileDescriptor }

    /// Makes its queue.
    static func declare(on connection: Connection, names: BrokerNames) throws(AMQPError) {
        let name = names.prefix + queue
        _ = try connection.declareQueue(name, arguments: ["x-queue-type": "quorum"])
        for exchange in [names.access, names.payout] {
            try connection.bind(queue: name, to: exchange, routingKey: "command.*")
        }
        for command in ["access.revoke", "payout.issue"] {
            try connection.bind(queue: name, to: names.commands, routingKey: command)
        }
        try connection.bind(queue: name, to: names.events, routingKey: "#")
        try connection.bind(queue: name, to: names.dead, routingKey: "")
    }

    /// Takes what has come. What `absorb` has had is acknowledged, and may come again all the same.
    ///
    /// - Parameter isReady: whether there is somebody to look at it; else it is kept.
    func turn(isReady: Bool, _ absorb: (Delivery) -> Void) {
        let queue = names.prefix + Collector.queue
        let isOpened = link.openIfDue { connection throws(AMQPError) in
            _ = try connection.consume(queue: queue, prefetch: Collector.window)
        }
        if isOpened { waiting = [] }
        guard let connection = link.connection else { return }
        do throws(AMQPError) {
            while waiting.count < Int(Collector.window), let event = try connection.receive(waitingAtMost: .zero) {
                switch event {
                case .delivery(let delivery):
                    waiting.append(delivery)
                    heardAt = .now
                case .consumerCancelled: return lose()
                case .consumerStarted, .confirmed, .returned, .blocked, .unblocked: break
                }
            }
            var last: AMQPClient.DeliveryTag?
            let limit = ContinuousClock.now + Collector.atMost
            while isReady, ContinuousClock.now < limit, let delivery = waiting.popFirst() {
                absorb(delivery)
                last = delivery.tag
            }
            if let last { try connection.acknowledge(last, multiple: true) }
        } catch {
            lose()
        }
    }

    func close() { lose() }

    private func lose() {
        link.lose()
        waiting = []
    }
}
