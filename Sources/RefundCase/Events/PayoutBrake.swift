public import RefundPolicy

/// A person stops every payout of the fleet that is not yet with the broker (contract § 4, `payouts.paused`).
public struct PayoutPause: Hashable, Sendable {
    public var actionID: ActionID
    public var by: Signature
    public var note: String

    public init(actionID: ActionID, by: Signature, note: String) {
        self.actionID = actionID
        self.by = by
        self.note = note
    }
}

/// A person lifts a pause, which it names (contract § 4, `payouts.resumed`).
public struct PayoutResumption: Hashable, Sendable {
    public var actionID: ActionID
    /// The action id of the pause that it lifts; another one than the standing pause lifts nothing.
    public var pause: ActionID
    public var by: Signature
    public var note: String

    public init(actionID: ActionID, pause: ActionID, by: Signature, note: String) {
        self.actionID = actionID
        self.pause = pause
        self.by = by
        self.note = note
    }
}
