internal import Logging
internal import RefundPolicy
internal import RefundWorker

/// What a lane's thread does with deliveries in a long standstill.
extension LaneThread {
    /// Whether deliveries of that queue are to be with the broker, and not here, for as long as they can't be finished.
    func isGivingBack(_ source: SourceQueue) -> Bool {
        standstill.hasLasted(settings.giveBack, for: source, at: uptime)
    }

    /// Gives the broker back what can't be finished. Once in an outage: held for longer, the broker would take it back by
    /// force each half an hour, and count each time towards the limit behind which a message is dead.
    func giveBackWhileStanding() {
        for place in consumers.indices where isGivingBack(consumers[place].source) {
            guard let epoch = consumers[place].lose(uptime: uptime) else { continue }
            log.warning(
                "nothing can be finished for now; the broker has back what was taken, and keeps it",
                metadata: ["queue": "\(name(of: consumers[place].source))", "after": "\(settings.giveBack.policyText)"])
            noteGivenBack(consumers[place].source)
            tell(.consumerLost(epoch: epoch))
        }
    }
}
