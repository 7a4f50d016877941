import RefundService

/// Says on standard error how far something is: in one line that is written over on a terminal, else every 2 s.
final class ProgressLine {
    private var nextAt: ContinuousClock.Instant
    private let interval: Duration
    private var isShown = false
    private var shown: String?

    init() {
        interval = Output.errorsGoToTerminal ? .milliseconds(200) : .seconds(2)
        nextAt = .now + interval
    }

    func show(_ text: @autoclosure () -> String) {
        guard ContinuousClock.now >= nextAt else { return }
        let line = text()
        guard line != shown else { return }
        nextAt = .now + interval
        shown = line
        if Output.errorsGoToTerminal {
            Output.overwriteLine(line)
            isShown = true
        } else {
            Output.problem(line)
        }
    }

    /// Makes room for other lines.
    func clear() {
        if isShown { Output.overwriteLine("") }
        isShown = false
    }
}

extension SubmissionProgress {
    /// How far a submission is, in one line.
    var text: String {
        let line = "confirmed \(confirmed), failed \(failed), in flight \(inFlight)"
        return blocked.map { "\(line) – the broker takes nothing now: \($0)" } ?? line
    }
}
