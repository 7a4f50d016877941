internal import Logging
internal import RefundCase
internal import RefundPolicy
internal import RefundWorker
internal import ServiceLifecycle
internal import Synchronization

/// Looks at the store every ten seconds, so that pages that only sum up need not ask it each time.
final class Watching: ServiceLifecycle.Service {
    /// What was seen last.
    struct Seen: Sendable {
        var counts: [CaseStatus: Int]
        var backlog: StoreBacklog
        /// How long after its submission the newest case was opened; `nil` while there is none.
        var latestWait: Duration?
        var at: Instant
    }

    private struct State {
        var seen: Seen?
        var problem: String?
        var watch = ActivityWatch()
    }

    private let desk: StoreDesk
    private let now: @Sendable () -> Instant
    private let log: Logger
    private let state = Mutex(State())

    init(desk: StoreDesk, log: Logger, now: @escaping @Sendable () -> Instant) {
        self.desk = desk
        self.log = log
        self.now = now
    }

    private static let interval = Duration.seconds(10)

    /// The counts by status of the last look, and the problem that it had, if any.
    var last: (seen: Seen?, problem: String?) { state.withLock { ($0.seen, $0.problem) } }

    func activity(opened: [Int], at now: Instant) -> Activity {
        state.withLock { $0.watch.activity(opened: opened, at: now) }
    }

    func run() async {
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            await look()
            // The store tells of nothing by itself: it is looked at at intervals.
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Watching.interval) }
        }
    }

    func look() async {
        do {
            let now = now()
            let seen = try await desk.read { survey in
                let newest = try survey.cases(matching: CaseFilter(limit: 1)).first?.refundCase
                return Seen(
                    counts: try survey.counts(), backlog: try survey.backlog(at: now),
                    latestWait: newest.map { $0.openedAt - $0.request.submittedAt }, at: now)
            }
            state.withLock { state in
                state.watch.note(seen.counts, at: now)
                state.seen = seen
                state.problem = nil
            }
        } catch {
            log.warning("the store could not be read", metadata: ["problem": "\(error)"])
            state.withLock { $0.problem = "\(error)" }
        }
    }
}
