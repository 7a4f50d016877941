internal import Dispatch
internal import Glibc

/// Standard error: the log, and what else a program says there. In a process that logs, all of it goes one way and in its
/// order, and no reader that does not read keeps the process from working or ending.
public enum StandardError {
    static let log = LogWriter(descriptor: STDERR_FILENO)

    /// Writes a text with its end: among the lines of the log where there is one, else at once.
    public static func write(_ text: String) {
        if log.hasBegun {
            log.write(text)
        } else {
            writeWhole(text, to: STDERR_FILENO)
        }
    }

    /// Waits until what was logged is written, but no longer than two seconds. To be called before the process ends.
    public static func finish() {
        log.finish(within: .seconds(2))
    }
}
