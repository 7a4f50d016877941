public import RefundPolicy

/// What a transaction changes among the parked messages.
public struct ParkingChanges: Hashable, Sendable {
    /// Messages that are parked now; one that is still tried, with the same id and body, stays as it is.
    public var arrivals: [ParkedArrival]
    /// Messages that were tried without success, or given up.
    public var updates: [ParkedUpdate]
    /// Messages that were acted on: they are parked no longer.
    public var departures: [ParkedID]
    /// Requests that have come: what waits for them is due at once, unless it was given up.
    public var awaited: [RequestID]
    /// How much may be parked once the arrivals are. The oldest of what is over it are given up there and then, with a note
    /// each, and are due as dead letters.
    public var room: ParkingRoom

    public init(
        arrivals: [ParkedArrival] = [], updates: [ParkedUpdate] = [], departures: [ParkedID] = [],
        awaited: [RequestID] = [], room: ParkingRoom = ParkingRoom()
    ) {
        self.arrivals = arrivals
        self.updates = updates
        self.departures = departures
        self.awaited = awaited
        self.room = room
    }
}

/// A message to be parked.
public struct ParkedArrival: Hashable, Sendable {
    public var delivery: KeptDelivery
    public var at: Instant
    public var standing: ParkedStanding

    public init(delivery: KeptDelivery, at: Instant, standing: ParkedStanding) {
        self.delivery = delivery
        self.at = at
        self.standing = standing
    }
}

/// How a parked message stands after another try.
public struct ParkedUpdate: Hashable, Sendable {
    public var id: ParkedID
    public var standing: ParkedStanding

    public init(id: ParkedID, standing: ParkedStanding) {
        self.id = id
        self.standing = standing
    }
}
