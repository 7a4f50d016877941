import Foundation
import Synchronization

/// Runs `body` on a thread of its own and waits for it: a connection belongs to one thread, whose stack must hold
/// the broker library's recursion into nested tables (16 MiB).
public func onBrokerThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) throws -> Value {
    let outcome = Mutex<Result<Value, any Error>?>(nil)
    let finished = DispatchSemaphore(value: 0)
    let thread = Thread {
        let result = Result { try body() }
        outcome.withLock { $0 = result }
        finished.signal()
    }
    thread.stackSize = ThreadStack.size
    thread.name = "refund-worker broker"
    thread.start()
    finished.wait()
    guard let result = outcome.withLock({ $0 }) else { throw CancellationError() }
    return try result.get()
}
