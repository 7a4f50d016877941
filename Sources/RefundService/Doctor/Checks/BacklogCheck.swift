internal import RefundMessages
import RefundPolicy
import RefundWorker

/// Judges what is committed and does not reach the broker.
func judgeBacklog(_ backlog: StoreBacklog, at now: Instant) -> DoctorFinding {
    let topic = DoctorTopic.store
    let isCut = backlog.unsentMessages >= StoreBacklog.countedMessages
    let count = "\(backlog.unsentMessages)\(isCut ? " or more" : "")"
    guard let oldest = backlog.oldestUnsentAt, now - oldest >= unsentWithin || !backlog.unsentProblems.isEmpty else {
        return topic.good("unsent", backlog.unsentMessages == 0 ? "nothing waits to be sent" : "\(count) on their way")
    }
    let problems = backlog.unsentProblems.map { "\($0.count) × \($0.type): \(VisibleText.line($0.reason))" }
    return topic.warning(
        "unsent",
        (["\(count) messages wait to be sent, the oldest since \(oldest) (\(oldest.distance(from: now)))"] + problems)
            .joined(separator: "; "),
        meaning: "what a kind of message tells or orders does not happen until the broker takes it; other kinds go on",
        remedy: "refund-worker topology check; then look whether the queue is full or has no leader, and at the rights")
}

/// How long a message may take to the broker before it is called late.
private let unsentWithin: Duration = .seconds(60)
