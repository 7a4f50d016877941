public import RefundPolicy

/// What the clocks say when something happens to a lane.
public struct LaneTime: Hashable, Sendable {
    /// The calendar's clock, which may step.
    public var wall: Instant
    /// Time since the lane started, which never steps back: what waits are measured by.
    public var uptime: Duration

    public init(wall: Instant, uptime: Duration) {
        self.wall = wall
        self.uptime = uptime
    }
}

/// What a lane may hold and how long it waits.
public struct LaneLimits: Hashable, Sendable {
    /// Deliveries committed together, 1...10,000 (`worker.batch`).
    public var batch: Int
    /// How long an open batch waits for more although the queue is empty (`worker.linger`).
    public var linger: Duration
    /// Messages published in one go, before the broker is listened to again.
    public var burst: Int
    /// Messages published by a new connection, or after an alarm, before the broker has settled any or `trustAfter` is over.
    public var firstBurst: Int
    /// How long a new connection's first messages may be unsettled before more go out: a queue without a majority settles
    /// nothing, and others are to have theirs.
    public var trustAfter: Duration
    /// Messages published and not yet confirmed.
    public var publicationsInFlight: Int
    /// Messages of one kind published and not yet confirmed: they go to one queue, and one that settles nothing must not
    /// stop the others.
    public var inFlightOfOneKind: Int
    /// Messages that the lane has in its memory, up to which it takes further requests: each makes more, and a broker that
    /// takes none must not fill memory and store. Replies and people are always taken: they make few messages, and end
    /// cases.
    public var unsentInMemory: Int
    /// Unsent messages in the store, the whole fleet's, up to which further requests are taken: a kind of message that
    /// can't get out stops no other, and must not fill the disk.
    public var unsentInStore: Int
    /// Unsent messages taken from the store at a time.
    public var unsentAtOnce: Int
    /// Cases whose time has come that are acted on in one transaction.
    public var dueAtOnce: Int
    /// How often the store is asked for what is due. Also how late a deadline may act.
    public var dueEvery: Duration
    /// How long unsent messages that were taken are the lane's own. Long enough for all that is in memory to go out, and
    /// short, since a worker that dies keeps them so long from all others.
    public var unsentLease: Duration
    /// How long confirms may collect before they are recorded without a batch.
    public var recordAfter: Duration
    /// How long a message that the broker returned or refused waits for its next attempt.
    public var republishAfter: Duration
    /// The first wait after the store has failed; doubles up to `storeRetryCap`.
    public var storeRetryFirst: Duration
    public var storeRetryCap: Duration
    /// How long what the store last said of the brake holds: payouts go out only so long after it, so that a pause reaches a
    /// lane whose broker was away before it pays. Several looks, so that a slow one stops nothing.
    public var brakeKnownFor: Duration { dueEvery * 4 }
    /// Deliveries that may be finished and wait for an earlier one of their queue before they are acknowledged one by one.
    /// Less than the broker delivers ahead, so that more keep coming while one that can't be routed waits.
    public var finishedApart: Int { batch / 2 }
    /// How long messages wait in the store that can't be acted on as yet.
    public var parking: ParkingTerms
    /// How much of all that the lane may have in its memory.
    public var bytes: LaneBytes
    /// When a kind of message counts as barred, and how it is tried.
    public var outlets: OutletLimits

    public init(
        batch: Int = 512, linger: Duration = .zero, burst: Int = 256, firstBurst: Int = 8,
        trustAfter: Duration = .seconds(1),
        publicationsInFlight: Int = 4_096, inFlightOfOneKind: Int = 1_024, unsentInMemory: Int = 8_192,
        unsentInStore: Int = 100_000, unsentAtOnce: Int = 512,
        dueAtOnce: Int = 256, dueEvery: Duration = .milliseconds(500), unsentLease: Duration = .seconds(10),
        recordAfter: Duration = .milliseconds(20), republishAfter: Duration = .seconds(5),
        storeRetryFirst: Duration = .milliseconds(50), storeRetryCap: Duration = .seconds(5),
        parking: ParkingTerms = ParkingTerms(), bytes: LaneBytes = LaneBytes(), outlets: OutletLimits = OutletLimits()
    ) {
        self.batch = batch
        self.linger = linger
        self.burst = burst
        self.firstBurst = firstBurst
        self.trustAfter = trustAfter
        self.publicationsInFlight = publicationsInFlight
        self.inFlightOfOneKind = inFlightOfOneKind
        self.unsentInMemory = unsentInMemory
        self.unsentInStore = unsentInStore
        self.unsentAtOnce = unsentAtOnce
        self.dueAtOnce = dueAtOnce
        self.dueEvery = dueEvery
        self.unsentLease = unsentLease
        self.recordAfter = recordAfter
        self.republishAfter = republishAfter
        self.storeRetryFirst = storeRetryFirst
        self.storeRetryCap = storeRetryCap
        self.parking = parking
        self.bytes = bytes
        self.outlets = outlets
    }
}
