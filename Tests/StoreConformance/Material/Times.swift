import RefundPolicy
import Testing

/// The instants that the suite plays at. No clock is ever read.
enum Times {
    /// 2022-02-22T09:30:00Z
    static let submission = Instant(microsecondsSinceEpoch: 1_645_522_200_000_000)
    /// When the first batch is decided: a second and a bit after the submission, to show that microseconds are kept.
    static let opening = submission + .microseconds(1_000_001)

    /// That long after `opening`.
    static func after(_ duration: Duration) -> Instant { opening + duration }

    /// A new message is its own lane's for that long.
    static let headStart = Duration.seconds(10)
    static let lease = Duration.seconds(10)
    /// Until when a message is held that nobody has.
    static let nobody = Instant(microsecondsSinceEpoch: 0)
    static let day = Duration.seconds(86_400)
}

/// A request id of the suite's own making.
func identity(_ text: String) throws -> RequestID {
    try #require(RequestID(text))
}
