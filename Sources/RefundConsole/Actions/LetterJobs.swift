internal import Logging
internal import RefundPolicy
internal import RefundService
internal import ServiceLifecycle
internal import Synchronization

/// Something that is done to dead letters.
struct LetterJob: Hashable, Sendable {
    enum Work: String, Sendable {
        case replay, discard
    }

    enum Stage: Hashable, Sendable {
        /// A discard that can be undone until then.
        case pending(until: Instant)
        case waiting
        /// So many of the queue's letters were looked at.
        case running(lookedAt: Int, of: Int)
        case done(Outcome)
        case undone
        case failed(String)
    }

    struct Outcome: Hashable, Sendable {
        /// Letters that were acted on.
        var done: Int
        /// Letters that the broker would not take back.
        var failures: Int
        /// Letters that are not in the queue any more.
        var missing: Int
        var at: Instant
    }

    var id: Int
    var work: Work
    /// What it is done to, such as `not_json from refund.requests`.
    var title: String
    var fingerprints: Set<String>
    /// The request that a single letter is about.
    var requestID: String?
    var by: String
    var stage: Stage

    var isOver: Bool {
        switch stage {
        case .done, .undone, .failed: true
        case .pending, .waiting, .running: false
        }
    }
}

/// Replays and discards, one after the other, and the grace in which a discard can be undone.
///
/// A discard that is pending when the console stops is not done: the letters are still there.
final class LetterJobs: ServiceLifecycle.Service {
    private struct Kept {
        var jobs: [LetterJob] = []
        var lastID = 0
    }

    private let broker: BrokerDesk
    private let now: @Sendable () -> Instant
    private let log: Logger
    private let grace: Duration
    private let state = Mutex(Kept())
    private let ready: AsyncStream<Int>
    private let readying: AsyncStream<Int>.Continuation

    /// - Parameter grace: how long a discard can be undone.
    init(broker: BrokerDesk, grace: Duration, log: Logger, now: @escaping @Sendable () -> Instant) {
        self.broker = broker
        self.grace = grace
        self.log = log
        self.now = now
        (ready, readying) = AsyncStream.makeStream(of: Int.self, bufferingPolicy: .bufferingOldest(LetterJobs.mostOpen))
    }

    private static let mostOpen = 50
    private static let mostKept = 20

    /// The newest first.
    var all: [LetterJob] { state.withLock { $0.jobs.reversed() } }

    func job(_ id: Int) -> LetterJob? { state.withLock { $0.jobs.first { $0.id == id } } }

    /// - Returns: the job's id.
    /// - Throws: `TooBusy` while too many are under way.
    func begin(
        _ work: LetterJob.Work, _ title: String, fingerprints: Set<String>, requestID: String?, by: String
    ) throws(TooBusy) -> Int {
        let id: Int? = state.withLock { state in
            guard state.jobs.count(where: { !$0.isOver }) < LetterJobs.mostOpen else { return nil }
            state.lastID += 1
            let start: LetterJob.Stage = work == .discard ? .pending(until: now() + grace) : .waiting
            state.jobs.append(
                LetterJob(
                    id: state.lastID, work: work, title: title, fingerprints: fingerprints, requestID: requestID,
                    by: by, stage: start))
            while state.jobs.count > LetterJobs.mostKept, let old = state.jobs.firstIndex(where: \.isOver) {
                state.jobs.remove(at: old)
            }
            return state.lastID
        }
        guard let id else { throw TooBusy(what: "the dead letters") }
        log.notice(
            "dead letters",
            metadata: ["action": "\(work.rawValue)", "which": "\(title)", "by": "\(by)", "job": "\(id)"])
        switch work {
        case .replay: readying.yield(id)
        case .discard:
            Task { [readying, grace] in
                // The time in which a person may undo it, told on the page; an undone job is passed over afterwards.
                try await Task.sleep(for: grace)
                readying.yield(id)
            }
        }
        return id
    }

    /// Leaves letters where they are that were to be discarded.
    ///
    /// - Returns: whether it was in time.
    func undo(_ id: Int) -> Bool {
        change(id) { job in
            guard case .pending = job.stage else { return false }
            job.stage = .undone
            return true
        }
    }

    func run() async {
        for await id in ready.cancelOnGracefulShutdown() { await perform(id) }
    }

    private func perform(_ id: Int) async {
        let isStarted = change(id) { job in
            guard !job.isOver else { return false }
            job.stage = .running(lookedAt: 0, of: 0)
            return true
        }
        guard isStarted, let job = job(id) else { return }
        do {
            let outcome = try await act(job)
            log.notice(
                "dead letters done",
                metadata: ["job": "\(id)", "done": "\(outcome.done)", "failed": "\(outcome.failures)"])
            end(id, .done(outcome))
        } catch {
            log.error("dead letters failed", metadata: ["job": "\(id)", "problem": "\(error)"])
            end(id, .failed("\(error)"))
        }
    }

    /// Letters that somebody else has just looked at are not back in the queue at once: those that were not met are looked
    /// for a few times more.
    private func act(_ job: LetterJob) async throws -> LetterJob.Outcome {
        var missing = job.fingerprints
        var outcome = LetterJob.Outcome(done: 0, failures: 0, missing: 0, at: now())
        for round in 0..<LetterJobs.rounds where !missing.isEmpty {
            // They come back once that other look ends, which the broker does not tell.
            if round > 0 { try await Task.sleep(for: LetterJobs.pause) }
            let selection = DeadLetterSelection(fingerprints: missing)
            let action: DeadLetterQueue.Action = job.work == .replay ? .replay : .discard
            let result = try await broker.go(through: selection, action) { done, all in
                _ = self.change(job.id) { job in
                    job.stage = .running(lookedAt: done, of: all)
                    return true
                }
            }
            outcome.done += result.letters.count - result.failureCount
            outcome.failures += result.failureCount
            missing.subtract(result.letters.map(\.fingerprint))
        }
        outcome.missing = missing.count
        outcome.at = now()
        return outcome
    }

    private static let rounds = 6
    private static let pause = Duration.milliseconds(500)

    private func end(_ id: Int, _ end: LetterJob.Stage) {
        _ = change(id) { job in
            job.stage = end
            return true
        }
    }

    private func change(_ id: Int, _ body: (inout LetterJob) -> Bool) -> Bool {
        state.withLock { state in
            guard let index = state.jobs.firstIndex(where: { $0.id == id }) else { return false }
            return body(&state.jobs[index])
        }
    }
}
