internal import Logging
internal import RefundPolicy
internal import RefundWorker

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

extension LaneThread {
    /// Whether deliveries are to be with the broker, and not here, for as long as nothing can be finished.
    var isGivingBack: Bool { standstill.hasLasted(settings.giveBack, at: uptime) }

    /// Gives the broker back what can't be finished. Once in an outage: held for longer, the broker would take it back by
    /// force each half an hour, and count each time towards the limit behind which a message is dead.
    func giveBackWhileStanding() {
        guard isGivingBack else { return }
        for place in consumers.indices {
            guard let epoch = consumers[place].lose(uptime: uptime) else { continue }
            log.warning(
                "nothing can be finished for now; the broker has back what was taken, and keeps it",
                metadata: ["queue": "\(name(of: consumers[place].source))", "after": "\(settings.giveBack.policyText)"])
            noteGivenBack(consumers[place].source)
            tell(.consumerLost(epoch: epoch))
        }
    }
}
