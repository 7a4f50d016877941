extension Backoff {
    /// Waits stop growing after that many attempts; a policy file allows no more.
    public static let mostAttempts = 1_000

    /// How long to wait before a command is sent for the `attempt`th time.
    ///
    /// The first sending (1, or less) waits for nothing, the second for `first`, and each further one for `factor`
    /// times as long as the one before, up to `cap`. The wait then varies by up to `jitter` of itself either way, still
    /// up to `cap`.
    ///
    /// - Parameters:
    ///   - attempt: counted from 1.
    ///   - random: where in its range the wait falls, from 0 (shortest) to below 1 (longest); held to that.
    /// - Returns: zero or more, in whole microseconds.
    public func wait(beforeAttempt attempt: Int, random: Double) -> Duration {
        guard attempt > 1 else { return .zero }
        let longest = Double(max(0, cap.microseconds))
        var wait = min(Double(max(0, first.microseconds)), longest)
        let growths = min(attempt, Backoff.mostAttempts) - 2
        for _ in 0..<growths where wait < longest {
            wait = min(wait * max(1, factor), longest)
        }
        let share = min(max(0, jitter), 1)
        let place = min(max(0, random), 1)
        wait = min(wait * (1 + share * (2 * place - 1)), longest)
        // A cap near the upper end of 64 bits rounds up past it as a floating-point number.
        return .microseconds(Int64(exactly: wait.rounded(.down)) ?? max(0, cap.microseconds))
    }
}
