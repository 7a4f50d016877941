import Foundation
public import RefundPolicy

/// The machine's clock.
public enum SystemClock {
    /// The time now, to the microsecond.
    public static func now() -> Instant {
        var time = timespec()
        // It can only fail for a clock that does not exist.
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(microsecondsSinceEpoch: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
    }
}
