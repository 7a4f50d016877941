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

/// Judges whether the user may do what the worker does, and says what is missing.
func judgePermissions(_ reading: PermissionReading) -> [DoctorFinding] {
    var findings: [DoctorFinding] = []
    let allowed = reading.items.filter { $0.answer == .allowed }.map { $0.right.short }
    if !allowed.isEmpty {
        findings.append(DoctorTopic.permissions.good("rights", allowed.joined(separator: ", ")))
    }
    for item in reading.items {
        switch item.answer {
        case .allowed: break
        case .refused(let text):
            findings.append(
                DoctorTopic.permissions.wrong(
                    item.right.title, text, meaning: item.right.meaning, remedy: remedy(item.right, text, reading)))
        case .missing:
            findings.append(
                DoctorTopic.permissions.notSeen(
                    item.right.title, "it is not there", remedy: "refund-worker topology declare"))
        case .blocked(let reason):
            findings.append(
                DoctorTopic.permissions.wrong(
                    item.right.title, "the broker takes nothing: \(reason)",
                    meaning: "it has an alarm; messages stay in the store until it is over",
                    remedy: "rabbitmq-diagnostics alarms, then make room (disk or memory) on the broker's machine"))
        case .unanswered(let text):
            findings.append(DoctorTopic.permissions.notSeen(item.right.title, text))
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
    let write = shellWord("^\(prefix)refund\\.(outbound|dead)$")
    let read = shellWord("^\(prefix)refund\\.(requests|replies)$")
    return "rabbitmqctl set_permissions \(place) '^$' \(write) \(read)   # replaces what the user may do now"
}

extension PermissionReading.Right {
    fileprivate var title: String {
        switch self {
        case .read(let queue): "read \(queue)"
        case .publish(let exchange, let key): "publish \(exchange) \(key)"
        }
    }

    fileprivate var short: String {
        switch self {
        case .read(let queue): "reads \(queue)"
        case .publish(let exchange, let key): "publishes \(key.isEmpty ? exchange : key)"
        }
    }

    fileprivate var meaning: String {
        switch self {
        case .read: "the worker can't take messages from it"
        case .publish: "the worker keeps these messages in its store, and they reach nobody"
        }
    }
}
