public import RefundCase
public import RefundPolicy

/// What a store keeps of one message's publication, and what follows for its case.
public struct PublicationStanding: Hashable, Sendable {
    /// It is to be sent, now or later. What is confirmed, taken back or cancelled is not.
    public var isDue: Bool
    /// When the broker confirmed the latest sending that it did; `nil` when it never has.
    public var confirmedAt: Instant?
    /// Until when a worker has it, if one has not told what became of it.
    public var heldUntil: Instant?
    /// A hold of it has ended without a word, or it was cancelled while it may have been on its way: the broker may have it.
    public var maybeOut: Bool

    public init(isDue: Bool, confirmedAt: Instant?, heldUntil: Instant?, maybeOut: Bool) {
        self.isDue = isDue
        self.confirmedAt = confirmedAt
        self.heldUntil = heldUntil
        self.maybeOut = maybeOut
    }

    /// The most by which two workers' clocks may differ: a worker whose clock is behind has what it holds for that much
    /// longer.
    public static let clocksApart: Duration = .seconds(300)

    /// Whether a worker may still hand it to the broker, by whatever clock: an end waits for that.
    public func mayLeave(at now: Instant) -> Bool {
        heldUntil.map { $0 + PublicationStanding.clocksApart > now } ?? false
    }

    /// What is confirmed is out once nobody has it by this clock: replies are waited for from then on, although a worker
    /// whose clock is behind might hand over another copy.
    public func whereabouts(at now: Instant) -> PublicationFacts.Whereabouts {
        if let heldUntil, heldUntil > now { return .onItsWay }
        if confirmedAt != nil { return .out }
        if mayLeave(at: now) { return .onItsWay }
        if isDue { return heldUntil == nil && !maybeOut ? .unsent : .inDoubt }
        return maybeOut ? .out : .unsent
    }
}
