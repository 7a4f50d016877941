public import RefundPolicy

/// The calendar's time as a worker goes by it, and how far it may be trusted.
public struct CalendarTime: Hashable, Sendable {
    public var now: Instant
    public var standing: ClockStanding
    /// The store's clock says another time than `now`, by more than clocks may differ.
    public var isDenied: Bool

    /// A time that nobody doubts, unless it is said otherwise.
    public init(_ now: Instant, standing: ClockStanding = .sure, isDenied: Bool = false) {
        self.now = now
        self.standing = standing
        self.isDenied = isDenied
    }

    /// Whether time may do its work: deadlines, retries, what is parked. While nobody knows whether the clock has
    /// stepped rightly it waits, since a deadline that was called missed is never taken back.
    public var actsOnDue: Bool {
        if case .inDoubt = standing { false } else { true }
    }

    /// Whether what seems to come from the future is kept for another try, since it may be this clock that is wrong.
    public var keepsFuture: Bool { standing != .sure || isDenied }
}

/// What is thought of the machine's clock.
public enum ClockStanding: Hashable, Sendable {
    /// It goes as the time since the start does.
    case sure
    /// It is so far ahead (negative: behind) of the time that holds, which the store's clock confirms and which goes on.
    case refuted(by: Duration)
    /// It has stepped so far ahead (negative: back), and nobody can say whether rightly. Time goes on as if it had not,
    /// and what is due waits, for that long at most if it steps no more.
    case inDoubt(by: Duration, atMost: Duration)
}

/// From when on a clock is doubted, and for how long.
public struct CalendarTerms: Hashable, Sendable {
    /// By how much a clock may run apart from the time since the start before that is a step. Time servers slew both
    /// alike; what is left is a leap second, and what a reading takes.
    public var step: Duration
    /// By how much two clocks that agree may differ. More than a time server would leave, and less than does harm: a
    /// submission may be 5 minutes ahead (contract § 3).
    public var agreement: Duration
    /// After how long a clock that has stepped and goes on evenly is believed, where nobody confirms or refutes it.
    public var believedAfter: Duration
    /// For how long the store's word holds.
    public var freshFor: Duration
    /// How often the store is asked for its time while nothing is in doubt.
    public var askEvery: Duration

    public init(
        step: Duration = .seconds(2), agreement: Duration = .seconds(60), believedAfter: Duration = .seconds(300),
        freshFor: Duration = .seconds(60), askEvery: Duration = .seconds(10)
    ) {
        self.step = step
        self.agreement = agreement
        self.believedAfter = believedAfter
        self.freshFor = freshFor
        self.askEvery = askEvery
    }
}
