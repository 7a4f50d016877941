/// How much of a queue a new process may be given ahead, at first.
///
/// A message that kills its worker takes everything that was delivered ahead back to the queue with it, and the broker
/// counts that against each: after `x-delivery-limit` returns, innocents die along with the poison. So a process begins
/// with one message at a time. What it finds first are the messages that its predecessor had, in the queue's order, and so
/// soon the poison, alone. The window is opened by the first message that was never delivered before, or when enough of
/// the others have gone well.
public struct Probation: Sendable {
    /// How many redelivered messages must go well: more than a worker has between acknowledgements.
    private static let enough = 64

    public private(set) var isOver = false
    private var seen = 0

    public init() {}

    /// How many messages of the queue may be unacknowledged now, of `full` in the end.
    public func window(_ full: Int) -> Int { isOver ? full : 1 }

    /// A message was delivered, so that the one before it has gone well.
    ///
    /// - Returns: whether the window opens with it.
    public mutating func delivered(isRedelivered: Bool) -> Bool {
        guard !isOver else { return false }
        seen += 1
        isOver = !isRedelivered || seen > Probation.enough
        return isOver
    }
}
