import Foundation

/// A pause that ends early once everything is to be well again.
///
/// `@unchecked Sendable`: `isOver` is only touched while `condition` is locked.
final class FaultyPhase: @unchecked Sendable {
    private let condition = NSCondition()
    private var isEnded = false

    var isOver: Bool { condition.withLock { isEnded } }

    /// Waits that long, or until the phase is over.
    func wait(_ duration: Duration) {
        let limit = Date(
            timeIntervalSinceNow: Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18)
        condition.withLock {
            while !isEnded, condition.wait(until: limit) {}
        }
    }

    func end() {
        condition.withLock {
            isEnded = true
            condition.broadcast()
        }
    }
}
