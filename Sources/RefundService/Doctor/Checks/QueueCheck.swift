/// How a queue stands.
struct QueueReading: Hashable, Sendable {
    enum Role: Hashable, Sendable {
        /// Read by workers.
        case worked
        /// Read by another system, or by mail.
        case handedOver(to: String)
        case alerts, dead, unrouted
    }
    enum Answer: Hashable, Sendable {
        case there(messages: Int, consumers: Int)
        case missing
        case unanswered(text: String)
    }

    let name: String
    let role: Role
    let answer: Answer
    /// From how many waiting messages on more workers are advised.
    static let backlog = 10_000
}

/// Judges how long the queues are, and whether somebody reads them.
func judgeQueues(_ readings: [QueueReading]) -> [DoctorFinding] {
    let missing = readings.filter { $0.answer == .missing }.map(\.name)
    let there = readings.filter { $0.answer != .missing }.map(judgeQueue)
    guard !missing.isEmpty else { return there }
    return there + [
        DoctorTopic.queues.notSeen(
            "missing queues", missing.joined(separator: ", "),
            remedy: "refund-worker topology declare, as an administrator of the broker")
    ]
}

/// The worker's own user may not look into what others read: the users are those of `deploy/rabbitmq/definitions.json`.
private let asOperator = "as refund-operator"
private let asReader = "as a user who may read it"

/// Judges how long a queue is, and whether somebody reads it.
func judgeQueue(_ reading: QueueReading) -> DoctorFinding {
    let topic = DoctorTopic.queues
    switch reading.answer {
    case .missing: return topic.notSeen(reading.name, "it is not there")
    case .unanswered(let text): return topic.notSeen(reading.name, text)
    case .there(let messages, let consumers):
        let seen = "\(messages) waiting, \(consumers) consumer\(consumers == 1 ? "" : "s")"
        return switch reading.role {
        case .worked: judgeWorked(reading.name, seen, messages: messages, consumers: consumers)
        case .handedOver(let reader):
            messages > 0 && consumers == 0
                ? topic.warning(
                    reading.name, seen, meaning: "nobody reads what is meant for \(reader)",
                    remedy:
                        "start \(reader); refund-worker queues peek \(shellWord(reading.name)), \(asReader), shows what waits"
                )
                : topic.good(reading.name, seen)
        case .alerts:
            messages == 0
                ? topic.good(reading.name, seen)
                : topic.warning(
                    reading.name, seen, meaning: "alerts that nobody has taken: cases that need a person",
                    remedy:
                        "refund-worker queues peek \(shellWord(reading.name)), \(asOperator), then refund-worker deadlines"
                )
        case .dead:
            messages == 0
                ? topic.good(reading.name, seen)
                : topic.warning(
                    reading.name, seen, meaning: "messages that could not be read or acted upon",
                    remedy:
                        "refund-worker dead list, \(asOperator); mend the cause, then refund-worker dead replay --code CODE, as refund-replay"
                )
        case .unrouted:
            messages == 0
                ? topic.good(reading.name, seen)
                : topic.warning(
                    reading.name, seen, meaning: "messages whose routing key no queue wants: a sender is mistaken",
                    remedy: "refund-worker queues peek \(shellWord(reading.name)), \(asOperator), then tell the sender")
        }
    }
}

private func judgeWorked(_ name: String, _ seen: String, messages: Int, consumers: Int) -> DoctorFinding {
    let start = "systemctl start refund-worker@1, or refund-worker run"
    if consumers == 0 {
        return messages > 0
            ? DoctorTopic.queues.wrong(
                name, seen, meaning: "requests or replies wait and no worker reads them: deadlines run", remedy: start)
            : DoctorTopic.queues.warning(name, seen, meaning: "no worker is connected", remedy: start)
    }
    guard messages >= QueueReading.backlog else { return DoctorTopic.queues.good(name, seen) }
    return DoctorTopic.queues.warning(
        name, seen, meaning: "the workers do not keep up, or have just been started",
        remedy: "systemctl start refund-worker@2 (PostgreSQL), or raise worker.lanes")
}
