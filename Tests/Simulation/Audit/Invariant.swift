/// What must hold: design.md's fifteen, and what they come down to at the broker.
public enum Invariant: String, CaseIterable, Sendable {
    /// 1. Every accepted request is in exactly one case; what can't be accepted is a dead letter that says why.
    case oneCase = "every request in one case"
    /// The first decision and its amount are those that the generator worked out.
    case rightDecision = "the right decision"
    /// 2. One payout identity, every re-send byte for byte the same; the next key only after `command.failed`.
    case identity = "one identity, same bytes"
    /// 3. Nothing is published that was not committed.
    case onlyCommitted = "nothing uncommitted published"
    /// 3. Everything committed is in the end confirmed, and has arrived.
    case allConfirmed = "everything committed arrives"
    /// 4. A delivery is acknowledged only after its commit, or with its dead letter.
    case acknowledgedLast = "acknowledged after the commit"
    /// 7. Replies count in the order of arrival, and none is dropped that is news.
    case replies = "every reply counts"
    /// 7. A person is called where money or access may be wrong, and only there.
    case alerts = "called when it must be"
    /// 10. An act is done once; what the state allows is done.
    case acts = "an act is one act"
    /// 6. After an end nothing of the case leaves a worker.
    case closed = "nothing leaves after an end"
    /// Once a command has succeeded, none of its keys is sent or sent again, nor what was taken back.
    case done = "what is done is not sent again"
    /// A case stands where what was said and done has left it.
    case standing = "a case stands where it must"
    /// A withdrawal that is there when its request is decided wins.
    case withdrawalWins = "a withdrawal in time wins"
    /// `cooling_off` holds both commands of an approved case.
    case cooling = "cooling off holds both commands"
    /// 12. A notice says what is true.
    case notices = "notices are true"
    /// No payout leaves under a pause.
    case brake = "a pause holds payouts"
    /// 5. What is paid never exceeds what was paid in, nor what was approved.
    case money = "money"
    /// 8. A deadline acts once, never early, and not late.
    case deadlines = "deadlines"
    /// 9. Only what is poison itself becomes a dead letter.
    case innocents = "innocents spared"
    /// 10. Replaying a message on a case that has moved on changes nothing.
    case replay = "replay changes nothing"
    /// 14. The events alone rebuild every case.
    case rebuild = "events rebuild cases"
    /// 15. Once faults stop, everything drains in bounded time.
    case liveness = "everything drains"
    /// The worker keeps to the broker's rules: tags that it was given, one order at a time.
    case manners = "protocol kept"
}

/// What did not hold.
public struct Violation: Error, Sendable {
    public let invariant: Invariant
    public let detail: String
    /// The request that it is about, if any.
    public let request: String?
}
