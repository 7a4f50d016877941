import Foundation
import Synchronization

/// A program that is kept running, as a service manager would: when it ends by itself it is started again a second later.
///
/// `@unchecked Sendable`: everything that changes is in `state`, behind its lock.
final class Program: @unchecked Sendable {
    private struct State {
        var process: Process?
        /// Whether it is meant to run.
        var isWanted = false
        var starts = 0
        /// How long the log was when it was started last, in bytes.
        var logBegin = 0
        var ends: [String] = []
        var traps: [String] = []
    }

    let name: String
    let log: URL
    private let executable: URL
    private let arguments: [String]
    private let environment: [String: String]
    private let state = Mutex(State())

    /// - Parameter environment: besides this process's own, without its settings of the worker.
    init(name: String, executable: URL, arguments: [String], environment: [String: String], logs: URL) {
        self.name = name
        self.executable = executable
        self.arguments = arguments
        var merged = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("REFUND_WORKER_") }
        for (key, value) in environment { merged[key] = value }
        self.environment = merged
        log = logs.appending(path: "\(name).log")
    }

    /// How often it was started.
    var starts: Int { state.withLock { $0.starts } }
    /// How it ended by itself, each time.
    var ends: [String] { state.withLock { $0.ends } }
    /// Ends by a signal that nobody sent: bugs.
    var traps: [String] { state.withLock { $0.traps } }

    func start() throws {
        try state.withLock { state in
            state.isWanted = true
            guard state.process == nil else { return }
            state.logBegin = (try? Data(contentsOf: log).count) ?? 0
            state.process = try launch()
            state.starts += 1
        }
    }

    /// Kills it, and starts it again.
    func crash() throws {
        end(by: SIGKILL, within: 10)
        try start()
    }

    func freeze() { send(SIGSTOP) }
    func thaw() { send(SIGCONT) }

    /// Asks it to end, and waits.
    ///
    /// - Returns: what is wrong with how it ended, if something is.
    @discardableResult
    func stop(within seconds: Double) -> String? {
        thaw()
        return end(by: SIGTERM, within: seconds)
    }

    @discardableResult
    private func end(by signal: Int32, within seconds: Double) -> String? {
        let process = state.withLock { state in
            state.isWanted = false
            defer { state.process = nil }
            return state.process
        }
        guard let process else { return nil }
        kill(process.processIdentifier, signal)
        let limit = Date(timeIntervalSinceNow: seconds)
        // Foundation waits for a process's end without a limit only: it is looked for, within this one.
        while process.isRunning, Date() < limit { Thread.sleep(forTimeInterval: 0.02) }
        guard !process.isRunning else {
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            return "\(name) had not ended \(Int(seconds)) s after signal \(signal)"
        }
        guard signal == SIGTERM, process.terminationReason == .uncaughtSignal || process.terminationStatus != 0 else {
            return nil
        }
        // One that was told to stop before it had begun, and before it listened for that, has nothing to end.
        guard process.terminationReason != .uncaughtSignal || process.terminationStatus != SIGTERM || hasBegun else {
            return nil
        }
        return "\(name) ended with \(Program.text(process)) after SIGTERM"
    }

    /// Whether the process that was started last tells in its log of anything after its start.
    private var hasBegun: Bool {
        guard let data = try? Data(contentsOf: log) else { return true }
        let own = String(decoding: data.dropFirst(state.withLock { $0.logBegin }), as: UTF8.self)
        return own.split(separator: "\n").contains { !$0.contains("worker: starting") }
    }

    private func send(_ signal: Int32) {
        state.withLock { state in
            if let process = state.process, process.isRunning { kill(process.processIdentifier, signal) }
        }
    }

    private func launch() throws -> Process {
        if !FileManager.default.fileExists(atPath: log.path) {
            _ = FileManager.default.createFile(atPath: log.path, contents: nil)
        }
        let output = try FileHandle(forWritingTo: log)
        try output.seekToEnd()
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["--default-signal", executable.path] + arguments
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        process.terminationHandler = { [weak self] ended in
            try? output.close()
            self?.ended(ended)
        }
        try process.run()
        return process
    }

    /// Only ends that nobody asked for matter here.
    private func ended(_ process: Process) {
        let isUnwanted = state.withLock { state in
            guard state.process === process else { return false }
            state.process = nil
            state.ends.append(Program.text(process))
            if process.terminationReason == .uncaughtSignal { state.traps.append(Program.text(process)) }
            return state.isWanted
        }
        guard isUnwanted else { return }
        DispatchQueue.global().asyncAfter(deadline: .now() + 1) { [weak self] in
            guard let self, state.withLock({ $0.isWanted }) else { return }
            try? start()
        }
    }

    private static func text(_ process: Process) -> String {
        process.terminationReason == .uncaughtSignal
            ? "signal \(process.terminationStatus)" : "status \(process.terminationStatus)"
    }

    /// The end of its log, for people.
    func lastLines(_ count: Int) -> [String] {
        let text = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").suffix(count).map(String.init)
    }
}
