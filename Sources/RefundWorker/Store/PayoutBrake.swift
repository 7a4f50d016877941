public import RefundCase
public import RefundPolicy

/// The fleet's brake as it stands (contract § 4, `payouts.paused`).
public struct PayoutBrake: Hashable, Sendable {
    /// The pause that holds payouts: the latest one, until it is lifted.
    public var pause: StandingPause?
    /// The latest clock hour, counted from 1970 in UTC, of which people were reminded of a pause.
    public var lastAlertHour: Int64?

    public init(pause: StandingPause? = nil, lastAlertHour: Int64? = nil) {
        self.pause = pause
        self.lastAlertHour = lastAlertHour
    }
}

extension PayoutBrake {
    /// The brake once these have happened to it.
    public func following(_ changes: [BrakeChange]) -> PayoutBrake {
        var brake = self
        for change in changes {
            switch change {
            case .paused(let pause): brake.pause = pause
            case .resumed: brake.pause = nil
            case .alerted(let hour): brake.lastAlertHour = hour
            }
        }
        return brake
    }
}

/// A pause of payouts.
public struct StandingPause: Hashable, Sendable {
    public var actionID: ActionID
    public var at: Instant
    public var by: Signature
    public var note: String

    public init(actionID: ActionID, at: Instant, by: Signature, note: String) {
        self.actionID = actionID
        self.at = at
        self.by = by
        self.note = note
    }
}

/// What happens to the brake.
public enum BrakeChange: Hashable, Sendable {
    /// It is on; a pause that stood before is replaced.
    case paused(StandingPause)
    /// That pause, which stands, is lifted: what it held is due at once.
    case resumed(pause: ActionID, actionID: ActionID, at: Instant, by: Signature, note: String)
    /// People are reminded of the pause in that hour.
    case alerted(hour: Int64)
}
