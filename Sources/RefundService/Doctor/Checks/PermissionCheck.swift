/// What the broker said when it was asked what the worker's user may do.
struct PermissionReading: Hashable, Sendable {
    enum Right: Hashable, Sendable {
        case read(queue: String)
        case publish(exchange: String, routingKey: String)
    }
    enum Answer: Hashable, Sendable {
        case allowed
        case refused(text: String)
        /// The queue or the exchange is not there.
        case missing
        /// The broker has an alarm, and takes nothing.
        case blocked(reason: String)
        case unanswered(text: String)
    }
    struct Item: Hashable, Sendable {
        let right: Right
        let answer: Answer
    }

    let virtualHost: String
    let user: String
    let prefix: String
    let items: [Item]
}

/// Judges whether the user may do what the worker does, and says what is missing: rights that one command gives in one
/// finding.
func judgePermissions(_ reading: PermissionReading) -> [DoctorFinding] {
    let topic = DoctorTopic.permissions
    var findings: [DoctorFinding] = []
    let allowed = reading.items.filter { $0.answer == .allowed }.map(\.right.title)
    if !allowed.isEmpty { findings.append(topic.good("rights", allowed.joined(separator: ", "))) }
    var refused: [(remedy: String, rights: [PermissionReading.Right])] = []
    for item in reading.items {
        guard case .refused(let text) = item.answer else { continue }
        let remedy = remedy(item.right, text, reading)
        if let index = refused.firstIndex(where: { $0.remedy == remedy }) {
            refused[index].rights.append(item.right)
        } else {
            refused.append((remedy, [item.right]))
        }
    }
    for (remedy, rights) in refused {
        var meanings: [String] = []
        for right in rights where !meanings.contains(right.meaning) { meanings.append(right.meaning) }
        findings.append(
            topic.wrong(
                "missing rights", rights.map(\.title).joined(separator: ", "),
                meaning: meanings.joined(separator: "; "), remedy: remedy))
    }
    return findings + judgeUnanswered(reading.items)
}

/// What could not be asked.
private func judgeUnanswered(_ items: [PermissionReading.Item]) -> [DoctorFinding] {
    let topic = DoctorTopic.permissions
    let missing = items.filter { $0.answer == .missing }.map(\.right.title)
    var findings: [DoctorFinding] = []
    if !missing.isEmpty {
        findings.append(
            topic.notSeen(
                "further rights", "to what is not there: \(missing.joined(separator: ", "))",
                remedy: "refund-worker topology declare, as an administrator of the broker"))
    }
    for item in items {
        switch item.answer {
        case .allowed, .refused, .missing: break
        case .blocked(let reason):
            findings.append(
                topic.wrong(
                    "alarm", "the broker takes nothing: \(reason)",
                    meaning: "messages stay with their senders, and the worker's in its store, until it is over",
                    remedy: "rabbitmq-diagnostics alarms, then make room (disk or memory) on the broker's machine"))
        case .unanswered(let text): findings.append(topic.notSeen(item.right.title, text))
        }
    }
    return findings
}

private func remedy(_ right: PermissionReading.Right, _ text: String, _ reading: PermissionReading) -> String {
    let place = "-p \(shellWord(reading.virtualHost)) \(shellWord(reading.user))"
    if case .publish(let exchange, _) = right, text.contains("topic") {
        return "rabbitmqctl clear_topic_permissions \(place) \(shellWord(exchange))"
    }
    let prefix = reading.prefix.replacing(".", with: "\\.")
    let write = shellWord("^\(prefix)refund\\.(commands|events|dead)\\z")
    let read = shellWord("^\(prefix)refund\\.(requests|replies)\\z")
    return "rabbitmqctl set_permissions \(place) '^\\z' \(write) \(read)   # replaces what the user may do now"
}

extension PermissionReading.Right {
    /// Such as `read refund.requests`, `publish refund.commands payout.issue`.
    fileprivate var title: String {
        switch self {
        case .read(let queue): "read \(queue)"
        case .publish(let exchange, ""): "publish \(exchange)"
        case .publish(let exchange, let key): "publish \(exchange) \(key)"
        }
    }

    fileprivate var meaning: String {
        switch self {
        case .read: "the worker can't take messages from it"
        case .publish: "the worker keeps these messages in its store, and they reach nobody"
        }
    }
}
