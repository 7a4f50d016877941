internal import Foundation
internal import RefundPolicy
internal import RefundWorker
internal import Synchronization
internal import Tracing

/// The thread that works on a lane's store, so that heartbeats go out during a long commit. It takes one order at a
/// time, and puts the answer where the lane's thread picks it up.
final class StoreThread: Sendable {
    /// How a store is opened, on the thread that will use it.
    typealias Opening = @Sendable () throws(StoreError) -> any CaseStore & ClosableStore

    private let orders = Handoff<StoreOrder>()
    private let answers: Mutex<[Answer]> = Mutex([])
    private let end = OneTimeSignal()
    private let wakeUp: WakeUp
    private let observation: LaneObservation
    private let fulfilment: OrderFulfilment
    private let clock: WorkerClock

    enum Answer: Sendable {
        /// With the order that it answers.
        case report(StoreReport, of: StoreOrder)
        case failure(StoreError)
    }

    init(
        fulfilment: OrderFulfilment, wakeUp: WakeUp, observation: LaneObservation, clock: WorkerClock
    ) {
        self.fulfilment = fulfilment
        self.wakeUp = wakeUp
        self.observation = observation
        self.clock = clock
    }

    /// Starts the thread and returns once the store is open.
    func start(opening: @escaping Opening) async throws(StoreError) {
        let result: Result<Void, StoreError> = await withCheckedContinuation { opened in
            let thread = Thread { self.work(opening: opening) { opened.resume(returning: $0) } }
            thread.name = "store"
            thread.stackSize = ThreadStack.size
            thread.start()
        }
        try result.get()
    }

    func submit(_ order: StoreOrder) {
        orders.put(order)
    }

    /// The answers that have come since the last call.
    func takeAnswers() -> [Answer] {
        answers.withLock { answers in
            defer { answers = [] }
            return answers
        }
    }

    /// Lets the thread end after the order that it is at.
    func stop() {
        orders.close()
    }

    /// Returns once the thread has closed the store.
    func ended() async {
        await end.wait()
    }

    private func work(opening: Opening, opened: (Result<Void, StoreError>) -> Void) {
        let store: any CaseStore & ClosableStore
        do throws(StoreError) {
            store = try opening()
        } catch {
            return opened(.failure(error))
        }
        opened(.success(()))
        while let order = orders.take() {
            let answer = carryOut(order, on: store)
            answers.withLock { $0.append(answer) }
            wakeUp.signal()
        }
        store.close()
        end.signal()
    }

    private func carryOut(_ order: StoreOrder, on store: any CaseStore) -> Answer {
        let start = ContinuousClock.now
        let spanStart = DefaultTracerClock.now
        let span = observation.tracing.process(order)
        defer { span?.end() }
        do throws(StoreError) {
            let time = try clock.time(by: store)
            let report = try fulfilment.fulfil(order, on: store, at: time)
            observation.tracing.due(report.unsent, since: spanStart)
            observation.metrics.committed(order, report, from: time.now, took: ContinuousClock.now - start)
            return .report(report, of: order)
        } catch {
            observation.metrics.storeFailed(error)
            span?.recordError(error)
            span?.setStatus(SpanStatus(code: .error, message: error.operation))
            return .failure(error)
        }
    }
}

/// A store that can be told that it is no longer needed.
public protocol ClosableStore: AnyObject {
    func close()
}

/// A place where one thread leaves something for another, which waits for it.
///
/// `@unchecked Sendable`: what it holds is only touched while `condition` is locked.
final class Handoff<Item: Sendable>: @unchecked Sendable {
    private let condition = NSCondition()
    private var items: [Item] = []
    private var isClosed = false

    func put(_ item: Item) {
        condition.withLock {
            items.append(item)
            condition.signal()
        }
    }

    /// Nothing more will come; what was put is still taken.
    func close() {
        condition.withLock {
            isClosed = true
            condition.signal()
        }
    }

    /// Waits for the next item; `nil` once closed and empty.
    func take() -> Item? {
        condition.withLock {
            while items.isEmpty, !isClosed { condition.wait() }
            return items.isEmpty ? nil : items.removeFirst()
        }
    }
}

/// Something that happens once, and that tasks can wait for.
final class OneTimeSignal: Sendable {
    private enum State {
        case pending([CheckedContinuation<Void, Never>])
        case signalled
    }

    private let state: Mutex<State> = Mutex(.pending([]))

    func signal() {
        let waiting = state.withLock { state in
            defer { state = .signalled }
            if case .pending(let waiting) = state { return waiting }
            return []
        }
        for continuation in waiting { continuation.resume() }
    }

    func wait() async {
        await withCheckedContinuation { continuation in
            let isSignalled = state.withLock { state in
                guard case .pending(let waiting) = state else { return true }
                state = .pending(waiting + [continuation])
                return false
            }
            if isSignalled { continuation.resume() }
        }
    }
}
