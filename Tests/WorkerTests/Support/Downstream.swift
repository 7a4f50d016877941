import AMQPClient
import Foundation
import Testing

/// The systems behind the worker, as one ledger: every message that came, by its identity.
final class Downstream {
    private(set) var bodies: [String: [UInt8]] = [:]
    /// How many copies came of each identity.
    private(set) var copies: [String: Int] = [:]

    private static let queues = ["access.revoke", "payout.issue", "refund.notices"]

    /// Reads all queues until what has come is enough.
    func gather(from broker: TestBroker, seconds: Int = 180, until isEnough: (Downstream) -> Bool) throws {
        let connection = broker.raw
        let tags = try Downstream.queues.map { try connection.consume(queue: broker.prefix + $0, prefetch: 200) }
        defer { for tag in tags { try? connection.cancel(tag) } }
        let limit = ContinuousClock.now + .seconds(seconds)
        while !isEnough(self) {
            let left = limit - ContinuousClock.now
            guard left > .zero, let event = try connection.receive(waitingAtMost: left) else {
                throw Missing(what: "more than the \(bodies.count) messages that have come")
            }
            guard case .delivery(let delivery) = event else { continue }
            absorb(try Message(delivery))
            try connection.acknowledge(delivery.tag)
        }
    }

    /// Takes what waits now.
    func drain(_ broker: TestBroker) throws {
        for queue in Downstream.queues {
            for message in try broker.takeAll(from: queue) { absorb(message) }
        }
    }

    private func absorb(_ message: Message) {
        let known = bodies.updateValue(message.body, forKey: message.id)
        #expect(known == nil || known == message.body, "\(message.id) was sent with two bodies")
        copies[message.id, default: 0] += 1
    }
}
