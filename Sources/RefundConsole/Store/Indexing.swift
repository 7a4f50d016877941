internal import Logging
internal import RefundCase
internal import RefundWorker
internal import ServiceLifecycle
internal import Synchronization

/// Keeps the index of identifiers up with the store: first from the newest case back to the oldest, a page at a time,
/// and again and again what has been opened since.
final class Indexing: ServiceLifecycle.Service {
    /// How far the index is.
    struct Progress: Sendable {
        var indexed: Int
        /// Whether every case that was there at the start, or the limit, has been reached.
        var isComplete: Bool
    }

    private struct State {
        var index = IdentifierIndex()
        var newest: Int64 = 0
        var isComplete = false
    }

    private let desk: StoreDesk
    private let log: Logger
    private let state = Mutex(State())

    init(desk: StoreDesk, log: Logger) {
        self.desk = desk
        self.log = log
    }

    /// The newest cases that are indexed, and no more: 2,000,000 cases of four identifiers take 128 MB.
    static let mostCases = 2_000_000
    private static let page = 1_000
    /// Between pages, so that pages people ask for come first.
    private static let breath = Duration.milliseconds(2)
    private static let interval = Duration.seconds(3)

    var progress: Progress {
        state.withLock { Progress(indexed: $0.index.caseCount, isComplete: $0.isComplete) }
    }

    func candidates(_ text: String, as kinds: [IdentifierIndex.Kind], limit: Int) -> [CaseID] {
        state.withLock { $0.index.cases(with: text, as: kinds, limit: limit) }
    }

    func run() async {
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            do {
                try await cancelWhenGracefulShutdown { try await self.catchUp() }
            } catch is CancellationError {
                return
            } catch {
                log.warning("cases could not be indexed for the search", metadata: ["problem": "\(error)"])
            }
            // New cases are told by nobody: the store is asked at intervals.
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Indexing.interval) }
        }
    }

    /// Adds what is newer than the index; the first time, everything.
    func catchUp() async throws {
        let known = state.withLock { $0.newest }
        var before: CaseID?
        var found: [ListedCase] = []
        var newest = known
        while progress.indexed < Indexing.mostCases {
            try Task.checkCancellation()
            let filter = CaseFilter(limit: Indexing.page, before: before)
            let cases = try await desk.read { try $0.cases(matching: filter) }
            let fresh = cases.filter { $0.id.number > known }
            newest = max(newest, fresh.first?.id.number ?? 0)
            if known == 0 { add(fresh) } else { found += fresh }
            guard fresh.count == Indexing.page, let last = fresh.last else { break }
            before = last.id
            // On purpose slower than it could be: the workers' disk comes first.
            try await Task.sleep(for: Indexing.breath)
        }
        // Later ones are added once all between them and the known ones have been read: nothing is left out.
        add(found)
        state.withLock {
            $0.newest = newest
            $0.isComplete = true
        }
    }

    private func add(_ cases: [ListedCase]) {
        state.withLock { state in
            for listed in cases { state.index.add(listed) }
        }
    }
}
