public import Logging

/// Writes the log to standard error, one line for each event: text for people, or JSON for machines. Whoever logs never waits
/// for a reader (`LogWriter`).
///
/// Nothing in a line can end it, or a pair in it: what comes from outside is made safe here (`VisibleText`). What is logged never holds a credential, a payment token or a contact: whoever logs sees to that.
public struct LineLog: LogHandler {
    public var metadata: Logger.Metadata = [:]
    public var logLevel: Logger.Level = .info
    private let form: LineForm
    /// What it shares with the worker's other loggers; `nil` for a command that is no worker.
    private let shared: WorkerLog?
    private let writer: LogWriter

    public init(label: String, format: LogFormat) {
        self.init(label: label, format: format, shared: nil)
    }

    init(label: String, format: LogFormat, shared: WorkerLog?, writer: LogWriter = StandardError.log) {
        form = LineForm(label: label, format: format, worker: shared?.worker)
        self.shared = shared
        self.writer = writer
    }

    /// A logger with these settings, which holds back storms: what strangers can bring about by thousands.
    public static func logger(_ label: String, settings: LogSettings) -> Logger {
        logger(label, settings: settings, shared: WorkerLog(worker: nil))
    }

    /// A logger of a worker's: it names the worker, and holds back storms.
    static func logger(_ label: String, settings: LogSettings, shared: WorkerLog?) -> Logger {
        var logger = Logger(label: label) { LineLog(label: $0, format: settings.format, shared: shared) }
        logger.logLevel = Logger.Level(rawValue: settings.level.rawValue) ?? .info
        return logger
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        guard let shared else { return write(event) }
        let (isAdmitted, omissions) = shared.consider(event)
        for omission in omissions { write(LineLog.event(omission)) }
        if isAdmitted { write(event) }
    }

    /// Writes what was left out in a storm, past the limit.
    static func tell(_ omissions: [LogLimiter.Omission], by log: Logger) {
        guard let handler = log.handler as? LineLog else { return }
        for omission in omissions { handler.write(event(omission)) }
    }

    private static func event(_ omission: LogLimiter.Omission) -> LogEvent {
        LogEvent(
            level: .warning, message: "lines were left out, since so many of their kind came in a minute", error: nil,
            metadata: ["count": "\(omission.count)", "like": "\(omission.like)"], source: "RefundService",
            file: #fileID, function: #function, line: #line)
    }

    private func write(_ event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
        let line = form.line(
            event.level, "\(event.message)", all.map { ($0.key, "\($0.value)") }, at: SystemClock.now())
        writer.write(line, form: form)
    }
}
