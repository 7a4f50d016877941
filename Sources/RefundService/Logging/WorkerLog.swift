internal import Logging
internal import Synchronization

/// What the loggers of one worker share: its name, and the limit of lines in a storm.
final class WorkerLog: Sendable {
    /// As JSON lines name it; `nil` for a server that is no worker.
    let worker: String?
    private let origin = ContinuousClock.now
    private let limiter = Mutex(LogLimiter())

    init(worker: String?) {
        self.worker = worker
    }

    /// Whether the line is to be written, and what was left out before it.
    func consider(_ event: LogEvent) -> (isAdmitted: Bool, omissions: [LogLimiter.Omission]) {
        let now = ContinuousClock.now - origin
        return limiter.withLock { limiter in
            let omissions = limiter.takeOmissions(at: now)
            let kind = LogLimiter.Kind(file: event.file, line: event.line)
            return (limiter.admit(kind, event.message.description, at: now), omissions)
        }
    }

    func takeOmissions(all: Bool = false) -> [LogLimiter.Omission] {
        let now = ContinuousClock.now - origin
        return limiter.withLock { $0.takeOmissions(at: now, all: all) }
    }
}
