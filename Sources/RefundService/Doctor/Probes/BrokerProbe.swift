import AMQPClient
import RefundMessages
import RefundPolicy

/// Asks the broker, and changes nothing in it. Each question has a connection of its own, so that one that fails spoils
/// no other.
struct BrokerProbe: Sendable {
    let settings: BrokerSettings

    /// How long connecting, and each answer, may take.
    static let patience: Duration = .seconds(5)

    private var names: BrokerNames { BrokerNames(prefix: settings.prefix) }

    /// Connects to a node, and leaves again.
    func look(at node: Endpoint) -> NodeReading {
        let outcome: NodeReading.Outcome
        var certificatesEndAt: Instant?
        do throws(AMQPError) {
            let connection = try open(node)
            certificatesEndAt = connection.certificatesEndAt
            defer { connection.close(waitingAtMost: .seconds(1)) }
            let server = connection.serverProperties
            outcome = .reached(
                product: server.product ?? "no product", version: server.version ?? "of no version",
                missingCapabilities: NodeReading.neededCapabilities.filter { !server.hasCapability($0) })
        } catch {
            outcome = .refused(BrokerRefusal(error))
        }
        return NodeReading(
            address: node.address, virtualHost: node.virtualHost, user: node.user, outcome: outcome,
            certificatesEndAt: certificatesEndAt)
    }

    /// Asks what the user may do.
    func permissions(at node: Endpoint) -> PermissionReading {
        let reads = [names.requests, names.replies].map { queue in
            PermissionReading.Item(right: .read(queue: queue), answer: mayRead(queue, at: node))
        }
        let keys: [OutboundType] = [.revoke, .payout, .decided, .needsAttention]
        let publishes = keys.map { (names.exchange(of: $0), $0.rawValue) } + [(names.dead, "")]
        return PermissionReading(
            virtualHost: node.virtualHost, user: node.user, prefix: settings.prefix,
            items: reads + mayPublish(publishes, at: node))
    }

    private func mayRead(_ queue: String, at node: Endpoint) -> PermissionReading.Answer {
        do throws(AMQPError) {
            let connection = try open(node)
            defer { connection.close(waitingAtMost: .seconds(1)) }
            try connection.requireReadPermission(on: queue)
            return .allowed
        } catch {
            return PermissionReading.Answer(error)
        }
    }

    /// After an alarm nothing more is asked: it holds for all.
    private func mayPublish(_ routes: [(String, String)], at node: Endpoint) -> [PermissionReading.Item] {
        var items: [PermissionReading.Item] = []
        for (exchange, key) in routes {
            let answer: PermissionReading.Answer
            do throws(AMQPError) {
                let connection = try open(node)
                defer { connection.close(waitingAtMost: .seconds(1)) }
                let permission = try connection.publishPermission(
                    exchange: exchange, routingKey: key, waitingAtMost: BrokerProbe.patience)
                if case .blocked(let reason) = permission {
                    answer = .blocked(reason: reason)
                } else {
                    answer = .allowed
                }
            } catch {
                answer = PermissionReading.Answer(error)
            }
            items.append(
                PermissionReading.Item(right: .publish(exchange: exchange, routingKey: key), answer: answer))
            if case .blocked = answer { break }
        }
        return items
    }

    /// Compares exchanges and queues. What is there is compared by a declaration, which the broker answers with yes or no;
    /// what is not there is not declared.
    func topology(at node: Endpoint) -> Result<TopologyReading, BrokerRefusal> {
        answering { () throws(AMQPError) in
            let connection = try open(node)
            defer { connection.close(waitingAtMost: .seconds(1)) }
            let topology = Topology(prefix: settings.prefix)
            return TopologyReading(
                virtualHost: node.virtualHost, topology: topology, findings: try topology.check(on: connection))
        }
    }

    /// How long each queue is.
    func queues(at node: Endpoint) -> Result<[QueueReading], BrokerRefusal> {
        answering { () throws(AMQPError) in
            let connection = try open(node)
            defer { connection.close(waitingAtMost: .seconds(1)) }
            var readings: [QueueReading] = []
            for (name, role) in roles {
                readings.append(
                    QueueReading(name: name, role: role, answer: try state(of: name, on: connection)))
            }
            return readings
        }
    }

    private var roles: [(String, QueueReading.Role)] {
        [
            (names.requests, .worked), (names.replies, .worked),
            (names.revocations, .handedOver(to: "the access system")),
            (names.payouts, .handedOver(to: "the payout system")),
            (names.notices, .handedOver(to: "the customer-mail system")),
            (names.alerts, .alerts), (names.dead, .dead), (names.unrouted, .unrouted),
        ]
    }

    private func state(of queue: String, on connection: Connection) throws(AMQPError) -> QueueReading.Answer {
        do throws(AMQPError) {
            let state = try connection.inspectQueue(queue)
            return .there(messages: Int(state.messageCount), consumers: Int(state.consumerCount))
        } catch {
            guard error.scope == .channel else { throw error }
            try connection.reopenChannel(epoch: connection.epoch.next)
            return error.code == .notFound ? .missing : .unanswered(text: error.replyText ?? error.detail)
        }
    }

    private func open(_ node: Endpoint) throws(AMQPError) -> Connection {
        var options = settings.options(purpose: "doctor")
        options.connectTimeout = BrokerProbe.patience
        options.rpcTimeout = BrokerProbe.patience
        return try Connection.open(node, options: options, epoch: Epoch(1))
    }

    private func answering<Value>(
        _ body: () throws(AMQPError) -> Value
    ) -> Result<Value, BrokerRefusal> {
        do throws(AMQPError) {
            return .success(try body())
        } catch {
            return .failure(BrokerRefusal(error))
        }
    }
}

extension PermissionReading.Answer {
    fileprivate init(_ error: AMQPError) {
        let text = error.replyText ?? error.detail
        switch error.code {
        case .accessRefused: self = .refused(text: text)
        case .notFound: self = .missing
        default: self = .unanswered(text: text)
        }
    }
}

extension Connection {
    /// When the first of its certificates ends; `nil` without TLS.
    var certificatesEndAt: Instant? {
        certificatesEnd.map { Instant(microsecondsSinceEpoch: $0 * 1_000_000) }
    }
}
