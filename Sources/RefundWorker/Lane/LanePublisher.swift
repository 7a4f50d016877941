/// The connection that a lane's messages go out by: how much may be on its way, and what is.
///
/// A broker in an alarm tells of it only to those who publish, and reads nothing more from them: what does not fit in the
/// socket's buffers keeps the lane's thread waiting, and with it the heartbeats of its other connections. So a burst is short,
/// the broker's word (confirms, blocked) is heard between two, and a new connection begins with few.
struct LanePublisher {
    let epoch: UInt64
    var isBlocked = false
    /// When the last alarm was over.
    private var unblockedAt: Duration = .zero
    var ledger = ConfirmLedger()
    /// From when on more than a few may be on their way; `nil` as long as nothing was published.
    private var trustedFrom: Duration?

    init(epoch: UInt64) {
        self.epoch = epoch
    }

    /// The alarm is over; the next may be near.
    mutating func unblock(at uptime: Duration, limits: LaneLimits) {
        isBlocked = false
        unblockedAt = uptime
        trustedFrom = uptime + limits.trustAfter
    }

    /// How long the broker, which could, has said nothing about the oldest that is on its way.
    func silence(at uptime: Duration) -> Duration {
        guard !isBlocked, let oldest = ledger.oldest else { return .zero }
        return uptime - max(oldest, unblockedAt)
    }

    /// Settles one publication, or all up to it (`ConfirmLedger.settle`).
    mutating func settle(_ sequence: UInt64, multiple: Bool) -> [ConfirmLedger.Entry] {
        trustedFrom = .zero
        return ledger.settle(sequence, multiple: multiple)
    }

    /// How much of what waits may go out now. The broker has been listened to since the last burst.
    ///
    /// - Parameter isTrying: a message is out that may keep the channel waiting. What the broker does not read meanwhile must
    ///   fit in the socket's buffers.
    mutating func room(for waiting: Int, limits: LaneLimits, isTrying: Bool, at uptime: Duration) -> Int {
        let trusted = trustedFrom ?? uptime + limits.trustAfter
        let count = room(for: waiting, limits: limits, isTrying: isTrying, isTrusted: uptime >= trusted)
        if count > 0 { trustedFrom = trusted }
        return count
    }

    /// When more may go out, if the broker says nothing until then.
    func wakeUpAt(waiting: Int, limits: LaneLimits, isTrying: Bool) -> Duration? {
        if room(for: waiting, limits: limits, isTrying: isTrying, isTrusted: false) > 0 { return .zero }
        return room(for: waiting, limits: limits, isTrying: isTrying, isTrusted: true) > 0 ? trustedFrom : nil
    }

    private func room(for waiting: Int, limits: LaneLimits, isTrying: Bool, isTrusted: Bool) -> Int {
        guard !isBlocked else { return 0 }
        let open = (isTrying ? limits.burst : limits.publicationsInFlight) - ledger.count
        let first = isTrusted ? open : limits.firstBurst - ledger.count
        return min(waiting, limits.burst, open, first)
    }
}
