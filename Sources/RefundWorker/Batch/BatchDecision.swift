public import RefundCase
public import RefundMessages
public import RefundPolicy

/// What a batch comes to: the changes to commit, and what then happens with each delivery.
public struct BatchDecision: Sendable {
    public internal(set) var changes = CaseChanges()
    /// One for each delivery, in their order.
    public internal(set) var verdicts: [Verdict] = []
    /// Changes that no delivery asked for, but the time: their messages are published, too.
    public internal(set) var fallenDue: [Int] = []
    /// Parked messages that are given up: they are published to `refund.dead`.
    public internal(set) var deadLetters: [ParkedDeadLetter] = []
    /// Cases whose time has come and that can't be read.
    public internal(set) var unreadable: [RequestID] = []
    /// What is due and was put off.
    public internal(set) var putOff: [RequestID] = []

    /// What is done with a delivery once the changes are committed.
    public enum Verdict: Hashable, Sendable {
        /// Acknowledge; publish the messages of `changes.cases[change]` that have these places.
        case publish(change: Int, [MessageOrdinal])
        /// It was known, or is of no case: acknowledge.
        case unchanged
        /// It is kept in the store, to be tried again: acknowledge.
        case parked(RequestID, DeadLetterReason)
        /// Publish it to `refund.dead`; then acknowledge.
        case deadLetter(DeadLetterReason)
        /// Leave it: its case was not loaded.
        case later
    }
}
