internal import Dispatch
internal import RefundService
internal import RefundWorker
internal import Synchronization

/// The store, for many pages at once: a few readers, each on a thread of its own, and a bounded number of questions
/// that wait for one.
final class StoreDesk: Sendable {
    private let readers: [Reader]
    private let turn = Atomic<Int>(0)

    /// - Parameter open: makes a reader; it is asked again after a reader has failed.
    init(count: Int = 2, open: @escaping @Sendable () throws(StoreError) -> any CaseSurvey) {
        readers = (0..<max(count, 1)).map { Reader(number: $0 + 1, open: open) }
    }

    /// Asks a reader that few others wait for.
    ///
    /// - Throws: `StoreError`, or `TooBusy` when too many wait already.
    func read<Value: Sendable>(_ question: @escaping @Sendable (any CaseSurvey) throws -> Value) async throws -> Value {
        let first = turn.add(1, ordering: .relaxed).newValue
        let candidates = readers.indices.map { readers[abs(first &+ $0) % readers.count] }
        guard let reader = candidates.min(by: { $0.waiting < $1.waiting }), reader.waiting < StoreDesk.mostWaiting
        else {
            throw TooBusy(what: "the store")
        }
        return try await reader.ask(question)
    }

    /// For each reader.
    private static let mostWaiting = 32

    /// How long one question may take.
    static let patience: Duration = .seconds(5)
}

/// Too many wait for the same thing.
struct TooBusy: Error, CustomStringConvertible {
    let what: String

    var description: String { "too many questions wait for \(what); try again in a moment" }
}

/// One reader and its thread.
private final class Reader: Sendable {
    /// A reader belongs to its queue: nothing else touches `opened`.
    ///
    /// Unchecked: the value is read and written in blocks of `queue` alone, which run one after the other.
    private final class Slot: @unchecked Sendable {
        var opened: (any CaseSurvey)?
    }

    private let queue: DispatchQueue
    private let open: @Sendable () throws(StoreError) -> any CaseSurvey
    private let slot = Slot()
    private let count = Atomic<Int>(0)

    init(number: Int, open: @escaping @Sendable () throws(StoreError) -> any CaseSurvey) {
        queue = DispatchQueue(label: "refund-worker console store \(number)")
        self.open = open
    }

    var waiting: Int { count.load(ordering: .relaxed) }

    func ask<Value: Sendable>(_ question: @escaping @Sendable (any CaseSurvey) throws -> Value) async throws -> Value {
        count.add(1, ordering: .relaxed)
        defer { count.subtract(1, ordering: .relaxed) }
        return try await withCheckedThrowingContinuation { continuation in
            queue.async { [slot, open] in
                continuation.resume(
                    with: Result {
                        let reader = try slot.opened ?? open()
                        slot.opened = reader
                        do {
                            return try question(reader)
                        } catch let error as StoreError where error.kind != .refused {
                            // The file may have been replaced, or the server restarted: the next question opens it anew.
                            slot.opened = nil
                            throw error
                        }
                    })
            }
        }
    }
}
