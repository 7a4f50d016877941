public import RefundCase
public import RefundPolicy

/// A pause of payouts with its end, for whoever looks back.
public struct PastPause: Hashable, Sendable {
    public var pause: StandingPause
    /// `nil` while it stands. A pause that was replaced by a later one ends with that.
    public var lifting: Lifting?

    /// Who let payouts go on.
    public struct Lifting: Hashable, Sendable {
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

    public init(pause: StandingPause, lifting: Lifting? = nil) {
        self.pause = pause
        self.lifting = lifting
    }
}
