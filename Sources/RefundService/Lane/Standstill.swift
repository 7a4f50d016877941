internal import RefundWorker

/// Since when nothing can be finished: the store fails, or the broker's alarm keeps dead letters from going out; or
/// requests wait, since too much is unsent.
struct Standstill {
    private var storeSince: Duration?
    private var alarmSince: Duration?
    private var requestsSince: Duration?

    mutating func note(storeFails: Bool, at now: Duration) {
        storeSince = storeFails ? storeSince ?? now : nil
    }

    mutating func note(isBlocked: Bool, at now: Duration) {
        alarmSince = isBlocked ? alarmSince ?? now : nil
    }

    mutating func note(takesNoRequests: Bool, at now: Duration) {
        requestsSince = takesNoRequests ? requestsSince ?? now : nil
    }

    /// Whether it has lasted that long at `now`, for what comes by that queue.
    func hasLasted(_ patience: Duration, for source: SourceQueue, at now: Duration) -> Bool {
        let reasons = [storeSince, alarmSince, source == .requests ? requestsSince : nil]
        return reasons.contains { since in since.map { now - $0 >= patience } ?? false }
    }
}
