import RefundPolicy

/// How far another's clock is from this machine's.
struct ClockDistance: Hashable, Sendable {
    /// How far the other is ahead, in milliseconds; negative when it is behind.
    let milliseconds: Int64
    /// How far off that can be, since the answer took its time.
    let uncertainty: Int64

    /// What an answer tells that gave `server` between `asked` and `answered`.
    init(server: Instant, asked: Instant, answered: Instant) {
        let start = asked.microsecondsSinceEpoch
        let half = (answered.microsecondsSinceEpoch - start) / 2
        milliseconds = (server.microsecondsSinceEpoch - start - half) / 1_000
        uncertainty = (half + 999) / 1_000
    }
}

private let mendClock = "timedatectl set-ntp true (on each machine), then timedatectl timesync-status"

/// Judges the store's clock against this one. Requests from more than 5 minutes ahead are dead letters (contract § 3).
func judgeStoreClock(_ distance: ClockDistance) -> DoctorFinding {
    let off = max(0, abs(distance.milliseconds) - distance.uncertainty)
    let direction = distance.milliseconds < 0 ? "behind" : "ahead"
    let seen = "the store's is \(abs(distance.milliseconds)) ms \(direction) (give or take \(distance.uncertainty) ms)"
    let topic = DoctorTopic.clock
    if off < 2_000 { return topic.good("against the store", seen) }
    let meaning = "one of the two is wrong: workers on several machines would see deadlines at other times"
    return off < 300_000
        ? topic.warning("against the store", seen, meaning: meaning, remedy: mendClock)
        : topic.wrong(
            "against the store", seen, meaning: "\(meaning), and requests are refused as from the future",
            remedy: mendClock)
}

/// Judges what the machine says of its clock; `nil` when it says nothing.
func judgeSynchronization(_ isSynchronized: Bool?) -> DoctorFinding {
    switch isSynchronized {
    case true?: DoctorTopic.clock.good("synchronization", "the clock is kept by NTP")
    case false?:
        DoctorTopic.clock.warning(
            "synchronization", "the clock is not kept by NTP",
            meaning: "deadlines are kept by this clock, and it may drift", remedy: mendClock)
    case nil:
        DoctorTopic.clock.notSeen("synchronization", "timedatectl tells nothing here", remedy: "date -u")
    }
}
