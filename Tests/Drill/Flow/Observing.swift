import AMQPClient
import RefundPolicy
import RefundService
import Simulation

/// Tells the auditor what was seen at the broker.
final class Observing {
    private let fleet: Fleet
    private let behaviour: SandboxBehaviour
    private let people: People
    private let brake: Brake
    /// Commands under a new key whose reason has not been seen yet: a reply and what follows from it may change places
    /// when the broker dies between them.
    private var early: [BrokerMessage] = []
    /// Replies, which carry no id of their own, by their bodies.
    private var replies: [[UInt8]: String] = [:]
    /// Payouts that the payout system has said to have made.
    private var paid: Set<String> = []
    private(set) var seen: [QueueName: Set<String>] = [:]
    private(set) var copies = 0
    private var serial = 0

    init(_ fleet: Fleet, behaviour: SandboxBehaviour, people: People, brake: Brake) {
        self.fleet = fleet
        self.behaviour = behaviour
        self.people = people
        self.brake = brake
    }

    func absorb(_ delivery: Delivery) {
        copies += 1
        let names = fleet.names
        switch delivery.exchange {
        case names.access, names.payout: replied(delivery)
        case names.dead: died(delivery)
        default: published(delivery)
        }
        admitEarly(all: false)
    }

    /// Nothing more comes: what still waits for its reason has none.
    func finish() { admitEarly(all: true) }

    // MARK: Each kind of message

    private func published(_ delivery: Delivery) {
        let id = delivery.properties.messageID ?? ""
        let type = delivery.properties.type ?? delivery.routingKey
        guard let queue = Observing.queue(of: type) else {
            return fleet.auditor.broken(.onlyCommitted, "a message of the unknown type \(type) was published")
        }
        seen[queue, default: []].insert(id)
        let message = message(id, type, delivery)
        if let key = Text.key(id), key.number > 1, queue == .payout || queue == .revoke,
            !fleet.auditor.wasRefused("\(key.request)/\(key.command)#\(key.number - 1)")
        {
            early.append(message)
            return
        }
        admit(message, queue)
    }

    private func admit(_ message: BrokerMessage, _ queue: QueueName) {
        let isNew = fleet.auditor.arrivals[message.id] == nil
        fleet.auditor.published(message, in: queue)
        guard isNew else { return }
        switch queue {
        case .payout:
            // What the sandbox does with a key is decided by the key and the seed, so that it is known here as well.
            if behaviour.outcome(of: message.id) == .succeeded { fleet.auditor.pay(message) }
        case .notices, .alerts: people.read(id: message.id, type: message.type, body: message.body)
        default: break
        }
    }

    private func admitEarly(all: Bool) {
        guard !early.isEmpty else { return }
        let ready = early.filter { message in
            guard !all, let key = Text.key(message.id) else { return true }
            return fleet.auditor.wasRefused("\(key.request)/\(key.command)#\(key.number - 1)")
        }
        guard !ready.isEmpty else { return }
        early.removeAll { message in ready.contains { $0 === message } }
        for message in ready { admit(message, message.type == "payout.issue" ? .payout : .revoke) }
    }

    /// A reply on its way to the workers: the sandbox's, or one of ours, which is known already.
    private func replied(_ delivery: Delivery) {
        guard delivery.properties.messageID == nil, let body = delivery.body.bytes, replies[body] == nil,
            let key = Text.member("idempotency_key", of: body), let parts = Text.key(key)
        else { return }
        let id = "reply-\(replies.count + 1)"
        replies[body] = id
        let isSuccess = delivery.routingKey == "command.succeeded"
        fleet.auditor.sends(
            Auditor.Sent(
                id: id, type: delivery.routingKey, request: parts.request, kind: .reply, body: body,
                at: fleet.timeline.now))
        fleet.auditor.told(key, success: isSuccess)
        if isSuccess, parts.command == "payout", paid.insert(key).inserted { people.paid(key) }
    }

    private func died(_ delivery: Delivery) {
        let body = delivery.body.bytes ?? []
        // A reply whose own copy was lost with the broker.
        replied(delivery)
        let id = delivery.properties.messageID ?? replies[body] ?? ""
        // As the queue shows it in the end: a dead reply of the sandbox's has none.
        seen[.dead, default: []].insert(delivery.properties.messageID ?? "")
        let headers = delivery.properties.headers
        let code = headers?["refund-error-code"]?.text ?? headers?["x-first-death-reason"]?.text ?? "?"
        let message = message(id, delivery.properties.type ?? delivery.routingKey, delivery, deadCode: code)
        fleet.auditor.brokerBuried(message, because: code)
        fleet.auditor.published(message, in: .dead)
        if code == "delivery_limit" {
            people.replay(id)
        } else if fleet.auditor.sent[id]?.kind == .fleet {
            brake.readDead(body)
        }
    }

    private func message(_ id: String, _ type: String, _ delivery: Delivery, deadCode: String? = nil) -> BrokerMessage {
        serial += 1
        return BrokerMessage(
            serial: serial, id: id, type: type, routingKey: delivery.routingKey, body: delivery.body.bytes ?? [],
            deadCode: deadCode)
    }

    private static func queue(of type: String) -> QueueName? {
        switch type {
        case "access.revoke": .revoke
        case "payout.issue": .payout
        case _ where type.hasPrefix("notice."): .notices
        case _ where type.hasPrefix("alert."): .alerts
        default: nil
        }
    }
}
