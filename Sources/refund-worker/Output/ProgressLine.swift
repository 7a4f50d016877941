import RefundService

/// Says on standard error how far a submission is: in one line that is written over on a terminal, else every 2 s.
final class ProgressLine {
    private var nextAt: ContinuousClock.Instant
    private let interval: Duration
    private var isShown = false
    private var shown: SubmissionProgress?

    init() {
        interval = Output.errorsGoToTerminal ? .milliseconds(200) : .seconds(2)
        nextAt = .now + interval
    }

    func show(_ progress: SubmissionProgress) {
        guard ContinuousClock.now >= nextAt, progress != shown else { return }
        nextAt = .now + interval
        shown = progress
        var line = "confirmed \(progress.confirmed), failed \(progress.failed), in flight \(progress.inFlight)"
        if let reason = progress.blocked { line += " – the broker takes nothing now: \(printable(reason))" }
        if Output.errorsGoToTerminal {
            Output.problemText("\r\u{1B}[K\(line)")
            isShown = true
        } else {
            Output.problem(line)
        }
    }

    /// Makes room for other lines.
    func clear() {
        if isShown { Output.problemText("\r\u{1B}[K") }
        isShown = false
    }
}
