import Foundation
import Synchronization

/// Runs `body` on a thread of its own, and waits for it no longer than `limit`: name servers and disks can't be
/// interrupted. A thread that is late is left behind; its process ends soon.
///
/// - Parameter whileWaiting: called some times a second.
/// - Returns: `nil` when it took longer.
func within<Value: Sendable>(
    _ limit: Duration, whileWaiting: () -> Void, _ body: @escaping @Sendable () -> Value
) -> Value? {
    let outcome = Outcome<Value>()
    let finished = DispatchSemaphore(value: 0)
    let thread = Thread {
        let value = body()
        outcome.value.withLock { $0 = value }
        finished.signal()
    }
    thread.stackSize = ThreadStack.size
    thread.name = "refund-worker doctor"
    thread.start()
    let deadline = ContinuousClock.now + limit
    while finished.wait(timeout: .now() + .milliseconds(100)) == .timedOut {
        whileWaiting()
        guard ContinuousClock.now < deadline else { return nil }
    }
    return outcome.value.withLock { $0 }
}

/// Outlives whoever waits, for a thread that is late.
private final class Outcome<Value: Sendable>: Sendable {
    let value = Mutex<Value?>(nil)
}
