/// Since when nothing can be finished: the store fails, or the broker's alarm keeps messages from going out.
struct Standstill {
    private var storeSince: Duration?
    private var alarmSince: Duration?

    mutating func note(storeFails: Bool, at now: Duration) {
        storeSince = storeFails ? storeSince ?? now : nil
    }

    mutating func note(isBlocked: Bool, at now: Duration) {
        alarmSince = isBlocked ? alarmSince ?? now : nil
    }

    /// Whether it has lasted that long at `now`.
    func hasLasted(_ patience: Duration, at now: Duration) -> Bool {
        [storeSince, alarmSince].contains { since in since.map { now - $0 >= patience } ?? false }
    }
}
