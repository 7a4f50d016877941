import Foundation
import Synchronization

/// The built executable, run as operators run it.
final class WorkerProcess {
    private let process = Process()
    private let lines: LineBuffer
    private let printed: LineBuffer
    private let logGate: DispatchSemaphore?

    /// What a finished run has left.
    struct Result {
        let status: Int32
        let output: String
        let errors: String
    }

    /// Starts `refund-worker` with these arguments and settings.
    ///
    /// - Parameter isLogHeld: the log is a pipe of 4 KiB that is full, and that nobody reads until `readLog` is called.
    init(_ arguments: [String], environment: [String: String], isLogHeld: Bool = false) throws {
        process.executableURL = WorkerProcess.launcher
        process.arguments = ["--default-signal", WorkerProcess.executable.path] + arguments
        var merged = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("REFUND_WORKER_") }
        for (name, value) in environment { merged[name] = value }
        process.environment = merged
        let errors = Pipe()
        logGate = isLogHeld ? DispatchSemaphore(value: 0) : nil
        if isLogHeld {
            // Linux's F_SETPIPE_SZ, which Glibc's module does not have.
            guard fcntl(errors.fileHandleForWriting.fileDescriptor, 1_031, 4_096) == 4_096 else {
                throw Missing(what: "a pipe of 4 KiB")
            }
            errors.fileHandleForWriting.write(Data(repeating: UInt8(ascii: "\n"), count: 4_096))
        }
        lines = LineBuffer(reading: errors.fileHandleForReading, after: logGate)
        process.standardError = errors
        let output = Pipe()
        printed = LineBuffer(reading: output.fileHandleForReading)
        process.standardOutput = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    /// From here on the log that was held is read.
    func readLog() {
        logGate?.signal()
    }

    /// Waits until the log has a line with that text.
    func waitForLog(_ text: String, seconds: Double = 60) throws {
        guard lines.wait(for: text, until: Date(timeIntervalSinceNow: seconds)) else {
            throw Missing(what: "a log line with «\(text)»", log: lines.text)
        }
    }

    /// Waits until it has printed that text.
    ///
    /// - Returns: what it has printed so far.
    func waitForOutput(_ text: String, seconds: Double = 60) throws -> String {
        guard printed.wait(for: text, until: Date(timeIntervalSinceNow: seconds)) else {
            throw Missing(what: "«\(text)»", log: printed.text + lines.text)
        }
        return printed.text
    }

    /// Everything that was logged so far.
    var log: String { lines.text }

    /// Everything that was printed, once the process has ended.
    var output: String { printed.waitForEnd() }

    /// The most memory that it has had at a time, in kB; `nil` once it has ended.
    var peakMemory: Int? {
        let status = try? String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
        let line = status?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }
    }

    func send(_ signal: Int32) {
        kill(process.processIdentifier, signal)
    }

    /// Waits for the end and gives the exit status; a signal counts as its negative.
    @discardableResult
    func waitForEnd() -> Int32 {
        process.waitUntilExit()
        return process.terminationReason == .uncaughtSignal ? -process.terminationStatus : process.terminationStatus
    }

    /// Runs a command to its end.
    static func run(
        _ arguments: [String], environment: [String: String], input: String = ""
    ) throws -> Result {
        let process = Process()
        process.executableURL = launcher
        process.arguments = ["--default-signal", executable.path] + arguments
        var merged = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("REFUND_WORKER_") }
        for (name, value) in environment { merged[name] = value }
        process.environment = merged
        let (stdin, stdout, stderr) = (Pipe(), Pipe(), Pipe())
        process.standardInput = stdin
        process.standardOutput = stdout
        process.standardError = stderr
        try process.run()
        let errors = LineBuffer(reading: stderr.fileHandleForReading)
        let writer = Thread {
            stdin.fileHandleForWriting.write(Data(input.utf8))
            try? stdin.fileHandleForWriting.close()
        }
        writer.start()
        let output = String(decoding: stdout.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return Result(status: process.terminationStatus, output: output, errors: errors.waitForEnd())
    }

    /// Gives a process the signals that a shell gives it: the test's threads have blocked them, and children inherit that.
    static let launcher = URL(fileURLWithPath: "/usr/bin/env")

    /// Beside the test bundle, where the package manager puts it.
    static let executable: URL = {
        let bundle = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(fileURLWithPath: bundle).deletingLastPathComponent().appendingPathComponent("refund-worker")
    }()
}

/// Something did not come.
struct Missing: Error, CustomStringConvertible {
    let what: String
    var log = ""

    var description: String { "\(what) did not come\(log.isEmpty ? "" : "; the log says:\n\(log.suffix(4_000))")" }
}

/// Collects what a process writes, and lets a test wait for a text.
///
/// `@unchecked Sendable`: `collected` and `isAtEnd` are only touched while `condition` is locked.
final class LineBuffer: @unchecked Sendable {
    private let condition = NSCondition()
    private var collected = ""
    private var isAtEnd = false

    /// - Parameter gate: holds the reading up until it is signalled.
    init(reading handle: FileHandle, after gate: DispatchSemaphore? = nil) {
        let thread = Thread { [self] in
            gate?.wait()
            while true {
                let data = handle.availableData
                condition.withLock {
                    collected += String(decoding: data, as: UTF8.self)
                    isAtEnd = data.isEmpty
                    condition.broadcast()
                }
                if data.isEmpty { return }
            }
        }
        thread.start()
    }

    var text: String { condition.withLock { collected } }

    func wait(for text: String, until limit: Date) -> Bool {
        condition.withLock {
            while !collected.contains(text) {
                if isAtEnd || !condition.wait(until: limit) { return collected.contains(text) }
            }
            return true
        }
    }

    func waitForEnd() -> String {
        condition.withLock {
            while !isAtEnd { condition.wait() }
            return collected
        }
    }
}
