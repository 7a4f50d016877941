import Foundation
public import RefundPolicy
internal import RefundWorker

/// The machine's clock.
public enum SystemClock {
    /// The time now, to the microsecond.
    public static func now() -> Instant {
        var time = timespec()
        // It can only fail for a clock that does not exist.
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(microsecondsSinceEpoch: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
    }

    /// Reads both clocks at one moment: the calendar's, and the time since this call, which goes on while the machine
    /// sleeps.
    static func reader() -> @Sendable () -> LaneTime {
        let origin = ContinuousClock.now
        return {
            var before = ContinuousClock.now - origin
            // Whoever is put to sleep between the two would see a step that was none.
            for _ in 0..<SystemClock.readings {
                let wall = now()
                let after = ContinuousClock.now - origin
                if after - before <= .milliseconds(100) { return LaneTime(wall: wall, uptime: after) }
                before = after
            }
            return LaneTime(wall: now(), uptime: ContinuousClock.now - origin)
        }
    }

    /// How often a reading that was interrupted is made again.
    private static let readings = 5
}
