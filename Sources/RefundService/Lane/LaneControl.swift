internal import RefundPolicy
internal import Synchronization

/// How others reach a lane's thread: they may ask it to stop, and see that it turns.
///
/// Sendable: the one thing that changes is atomic.
final class LaneControl: Sendable {
    /// The calendar's clock.
    let clock: @Sendable () -> Instant
    let pulse: LanePulse
    /// Where the lane counts, and says what it is at.
    let observation: LaneObservation
    private let wakeUp: WakeUp
    private let stopping = Atomic(false)

    init(
        wakeUp: WakeUp, pulse: LanePulse, observation: LaneObservation, clock: @escaping @Sendable () -> Instant
    ) {
        self.wakeUp = wakeUp
        self.pulse = pulse
        self.observation = observation
        self.clock = clock
    }

    var isStopping: Bool { stopping.load(ordering: .acquiring) }

    /// Lets the lane finish what it has begun, and end.
    func stop() {
        stopping.store(true, ordering: .releasing)
        wakeUp.signal()
    }
}
