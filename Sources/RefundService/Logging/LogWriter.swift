internal import Dispatch
internal import Foundation
internal import Glibc
internal import Logging

/// Writes lines on a thread of its own, so that a reader who does not read (a pipe that is full, a terminal that is halted)
/// keeps nobody waiting but that thread. What waits is bounded; what was left out is counted, and told in its place once
/// something can be written again.
///
/// `@unchecked Sendable`: what changes is only touched while `condition` is locked, which nobody does while writing.
final class LogWriter: @unchecked Sendable {
    private let descriptor: Int32
    private let condition = NSCondition()
    private var queue: LogQueue
    /// That of the line that came last, in which to tell what was left out.
    private var form: LineForm?
    private var isRunning = false
    private var isWriting = false
    private var finishing: [DispatchSemaphore] = []

    /// Taken out of the queue at a time.
    private static let batch = 32

    /// - Parameter descriptor: is left as it is found: whether it blocks is also others' business, who have it too.
    init(descriptor: Int32, limits: LogQueue.Limits = LogQueue.Limits()) {
        self.descriptor = descriptor
        queue = LogQueue(limits: limits)
    }

    /// Whether anything was ever given to it.
    var hasBegun: Bool { condition.withLock { isRunning } }

    /// All lines that were ever left out, and those that wait.
    var figures: (leftOut: Int, waiting: Int) { condition.withLock { (queue.leftOut, queue.count) } }

    /// Has a line written, with its end; never waits.
    ///
    /// - Parameter form: `nil` for a text that is no line of a logger's.
    func write(_ line: String, form: LineForm? = nil) {
        condition.withLock {
            if let form { self.form = form }
            queue.append(line)
            if !isRunning { start() }
            condition.signal()
        }
    }

    /// Waits until everything is written, no longer than that.
    ///
    /// - Returns: whether it is.
    @discardableResult
    func finish(within limit: DispatchTimeInterval) -> Bool {
        let done = DispatchSemaphore(value: 0)
        let isDone = condition.withLock {
            if queue.isEmpty, !isWriting { return true }
            finishing.append(done)
            return false
        }
        return isDone || done.wait(timeout: .now() + limit) == .success
    }

    private func start() {
        isRunning = true
        let thread = Thread { [self] in
            // A reader that has gone is an error to be counted, and no end of the process, whatever it does with SIGPIPE.
            var signals = sigset_t()
            sigemptyset(&signals)
            sigaddset(&signals, SIGPIPE)
            pthread_sigmask(SIG_BLOCK, &signals, nil)
            while true {
                let (batch, form) = next()
                let (failed, untold) = write(batch, form)
                condition.withLock { queue.note(failed: failed, untold: untold) }
            }
        }
        thread.name = "log"
        thread.start()
    }

    /// Waits for lines.
    private func next() -> (LogQueue.Batch, LineForm?) {
        condition.withLock {
            isWriting = false
            while true {
                if let batch = queue.take(LogWriter.batch) {
                    isWriting = true
                    return (batch, form)
                }
                for done in finishing { done.signal() }
                finishing = []
                condition.wait()
            }
        }
    }

    /// One write for a line, so that lines of several processes do not mix.
    ///
    /// - Returns: how many lines could not be written, and of how many in all that is not told yet.
    private func write(_ batch: LogQueue.Batch, _ form: LineForm?) -> (failed: Int, untold: Int) {
        var (failed, untold) = (0, batch.omitted)
        for line in batch.lines {
            if untold > 0, let form, writeWhole(LogWriter.omission(of: untold, form), to: descriptor) { untold = 0 }
            if !writeWhole(line, to: descriptor) {
                failed += 1
                untold += 1
            }
        }
        return (failed, untold)
    }

    private static func omission(of count: Int, _ form: LineForm) -> String {
        form.line(
            .warning, "lines were left out, since nobody took the log", [("count", "\(count)")],
            at: SystemClock.now())
    }
}
