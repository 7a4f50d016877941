import AMQPClient
import RefundPolicy

/// What came of connecting to a node of the broker.
struct NodeReading: Hashable, Sendable {
    enum Outcome: Hashable, Sendable {
        case reached(product: String, version: String, missingCapabilities: [String])
        case refused(BrokerRefusal)
    }

    let address: String
    let virtualHost: String
    let user: String
    let outcome: Outcome
    /// When the first of the connection's certificates ends; `nil` without TLS.
    var certificatesEndAt: Instant?

    var isReached: Bool {
        if case .reached = outcome { true } else { false }
    }

    /// What a broker must be able to do, as it says itself.
    static let neededCapabilities = [
        "publisher_confirms", "basic.nack", "consumer_cancel_notify", "connection.blocked",
    ]
}

/// The broker's no, or why none came.
struct BrokerRefusal: Error, Hashable, Sendable {
    let code: AMQPError.Code
    let text: String
}

extension BrokerRefusal {
    init(_ error: AMQPError) {
        self.init(code: error.code, text: error.replyText ?? error.detail)
    }
}

/// Judges the nodes of `amqp.url`: whether they let the worker in, and are what it needs.
func judgeNodes(_ nodes: [NodeReading]) -> [DoctorFinding] {
    let isOneReached = nodes.contains(where: \.isReached)
    return nodes.flatMap { node in
        switch node.outcome {
        case .reached(let product, let version, let missing):
            [judgeVersion(node, product: product, version: version), judgeCapabilities(node, missing: missing)]
        case .refused(let refusal): [judgeRefusal(node, refusal, isOneReached: isOneReached)]
        }
    }
}

/// The least version: with 3.10 came dead-lettering at least once in quorum queues.
private func judgeVersion(_ node: NodeReading, product: String, version: String) -> DoctorFinding {
    let numbers = version.split(separator: ".").prefix(2).map { Int($0) ?? 0 }
    let subject = "node \(node.address)"
    guard product == "RabbitMQ" else {
        return .init(
            topic: .broker, subject: subject, state: .wrong, seen: "answers as \(product) \(version)",
            meaning: "the worker needs RabbitMQ's quorum queues and confirms",
            remedy: "name a RabbitMQ node in amqp.url")
    }
    // From 4.0 on a quorum queue without a limit of its own gives up what came back 20 times; each of ours has one.
    guard numbers.lexicographicallyPrecedes([3, 10]) else {
        return DoctorTopic.broker.good(subject, "lets the user in; RabbitMQ \(version)")
    }
    return DoctorTopic.broker.wrong(
        subject, "RabbitMQ \(version)",
        meaning: "before 3.10 a dead letter can be lost on its way to refund.dead",
        remedy: "upgrade the broker to RabbitMQ 3.10 or newer")
}

private func judgeCapabilities(_ node: NodeReading, missing: [String]) -> DoctorFinding {
    let subject = "capabilities of \(node.address)"
    guard !missing.isEmpty else {
        return DoctorTopic.broker.good(subject, NodeReading.neededCapabilities.joined(separator: ", "))
    }
    return DoctorTopic.broker.wrong(
        subject, "without \(missing.joined(separator: ", "))",
        meaning: "the worker could not know what the broker has taken, or that it takes nothing",
        remedy: "name a RabbitMQ node, and not a proxy of another kind, in amqp.url")
}

private func judgeRefusal(_ node: NodeReading, _ refusal: BrokerRefusal, isOneReached: Bool) -> DoctorFinding {
    let advice = advice(node, refusal)
    return DoctorFinding(
        topic: .broker, subject: "node \(node.address)", state: isOneReached ? .warning : .wrong, seen: refusal.text,
        meaning: isOneReached ? "\(advice.meaning); the worker uses another node meanwhile" : advice.meaning,
        remedy: advice.remedy)
}

private func advice(_ node: NodeReading, _ refusal: BrokerRefusal) -> (meaning: String, remedy: String) {
    let user = shellWord(node.user)
    let host = shellWord(node.virtualHost)
    switch refusal.code {
    case .hostNotFound:
        return ("the host's name has no address here", "correct the host in amqp.url, or the name service")
    case .cannotConnect:
        return (
            "nothing listens there, or a firewall is in between; requests wait with their senders",
            "systemctl start rabbitmq-server (on the broker's machine), then rabbitmq-diagnostics listeners"
        )
    case .tlsFailed:
        return (
            "broker and worker do not trust each other's certificates",
            "openssl s_client -connect \(node.address) -showcerts </dev/null; then correct amqp.tls.ca"
        )
    case .accessRefused:
        return (
            "the user or the password is wrong",
            "correct amqp.url, or: rabbitmqctl change_password \(user) NEW-PASSWORD"
        )
    case .virtualHostRefused:
        return (
            "the virtual host \(node.virtualHost) is not there, or not open to this user",
            "correct amqp.url, or: rabbitmqctl set_permissions -p \(host) \(user) CONFIGURE WRITE READ"
        )
    case .timedOut:
        return (
            "the node took the connection and does not answer",
            "rabbitmq-diagnostics check_running && rabbitmq-diagnostics check_alarms (on the broker's machine)"
        )
    case .protocolViolation:
        return ("what answers there is no AMQP 0-9-1 broker", "correct host and port in amqp.url")
    default:
        return ("the worker can't connect", "read the broker's log: rabbitmq-diagnostics log_tail")
    }
}
