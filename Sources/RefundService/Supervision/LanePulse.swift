internal import RefundPolicy
internal import Synchronization

/// The heartbeat of a lane's thread: it beats each time round, so that others see whether the thread still turns.
///
/// Sendable: what changes is atomic.
final class LanePulse: Sendable {
    /// How long the thread may rest between two beats when nothing comes.
    let interval: Duration
    private let origin = ContinuousClock.now
    /// Microseconds from `origin` to the last beat, or -1 before the first.
    private let lastBeat = Atomic<Int64>(-1)
    private let begun: AsyncStream<Void>.Continuation

    /// - Parameter begun: is yielded to once, at the first beat.
    init(interval: Duration, begun: AsyncStream<Void>.Continuation) {
        self.interval = interval
        self.begun = begun
    }

    func beat() {
        let time = (ContinuousClock.now - origin).microseconds
        if lastBeat.exchange(time, ordering: .relaxed) < 0 { begun.yield() }
    }

    /// How long ago it last beat; `nil` before the first time.
    var age: Duration? {
        let time = lastBeat.load(ordering: .relaxed)
        return time < 0 ? nil : ContinuousClock.now - origin - .microseconds(time)
    }
}

extension LanePulse {
    /// How often lanes beat where nobody watches.
    static let restingInterval = Duration.seconds(5)

    /// How often they must beat for a watchdog that wants to hear of them that often.
    static func interval(for watchdog: Duration?) -> Duration {
        min(restingInterval, watchdog.map { $0 / 4 } ?? restingInterval)
    }

    /// Whether a process whose lanes last beat so long ago is alive. A lane that has not begun opens its store, which is
    /// for the manager's start-up limit to judge.
    static func areAlive(_ ages: [Duration?], within watchdog: Duration) -> Bool {
        ages.allSatisfy { age in age.map { $0 < watchdog } ?? true }
    }
}
