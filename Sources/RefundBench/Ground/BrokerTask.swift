import Foundation
internal import Synchronization

/// Work on a thread of its own, which owns the connections that the work opens, until it is told to stop.
///
/// Sendable: everything that changes is atomic or behind a lock.
final class BrokerTask<Value: Sendable>: Sendable {
    private let outcome = Mutex<Result<Value, any Error>?>(nil)
    private let finished = DispatchSemaphore(value: 0)
    private let stopping = Atomic(false)

    /// Starts at once.
    init(_ body: @escaping @Sendable (_ isStopping: () -> Bool) throws -> Value) {
        let thread = Thread { [self] in
            let result = Result { try body { stopping.load(ordering: .relaxed) } }
            outcome.withLock { $0 = result }
            finished.signal()
        }
        // librabbitmq reads nested tables by recursion.
        thread.stackSize = 16 << 20
        thread.start()
    }

    /// - Throws: what has ended the work early.
    func mustBeWell() throws {
        if case .failure(let error) = outcome.withLock({ $0 }) { throw error }
    }

    /// Asks it to stop, and waits for what it made.
    func stop() throws -> Value {
        stopping.store(true, ordering: .relaxed)
        return try value()
    }

    /// Waits for what it makes.
    func value() throws -> Value {
        finished.wait()
        finished.signal()
        guard let result = outcome.withLock({ $0 }) else { throw BenchError.interrupted }
        return try result.get()
    }
}
