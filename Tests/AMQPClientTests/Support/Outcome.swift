import Foundation

/// A result that one thread leaves for another.
final class Outcome<Value: Sendable>: @unchecked Sendable {
    // Unchecked: `result` is written before the semaphore is signalled and read after it was waited for.
    private var result: Result<Value, any Error>?
    private let isThere = DispatchSemaphore(value: 0)

    func set(_ result: Result<Value, any Error>) {
        self.result = result
        isThere.signal()
    }

    func wait() throws -> Value {
        guard isThere.wait(timeout: .now() + 30) == .success, let result else {
            throw NothingCame(description: "the thread did not end within 30 s")
        }
        return try result.get()
    }
}
