/// Whether replies keep coming, so that requests are not to crowd them out of the next batches.
struct ReplyFlow {
    enum State {
        /// More are likely to wait at the broker.
        case flowing
        /// They were flowing a moment ago. The broker delivers in fits and starts: a whole batch of requests in each gap would
        /// cost replies a third of their speed.
        case pausing
        case still
    }

    /// How long a gap may be.
    static let gap: Duration = .milliseconds(250)

    private var flowedAt: Duration?

    /// - Parameter underWay: replies that have come and are not yet acknowledged.
    mutating func note(underWay: Int, batch: Int, at uptime: Duration) {
        if underWay > batch { flowedAt = uptime }
    }

    /// What the next batch is to reckon with; the parameters are those of `note`.
    mutating func state(underWay: Int, batch: Int, at uptime: Duration) -> State {
        note(underWay: underWay, batch: batch, at: uptime)
        if underWay > batch { return .flowing }
        guard let flowedAt, uptime - flowedAt < ReplyFlow.gap else { return .still }
        return .pausing
    }
}
