import Foundation

/// A program that the bench has started, in a process group of its own: Ctrl-C reaches the bench alone, which ends it.
///
/// Used by one thread. Whatever happens, the program does not outlive this object.
final class ChildProcess {
    /// How it ended, and what it took.
    struct Ending {
        /// `nil` for exit status 0.
        let problem: String?
        /// In bytes.
        let peakMemory: Int
    }

    let name: String
    let processID: pid_t
    private let log: URL
    private var ending: Ending?

    /// - Parameter folder: its output and errors go to a file there.
    /// - Throws: `BenchError.program`.
    init(
        name: String, executable: String, arguments: [String], environment: [String: String], folder: URL
    ) throws {
        self.name = name
        log = folder.appending(path: "\(name).log")
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log.path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))
        let texts = ([executable] + arguments).map { strdup($0) } + [nil]
        let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in texts + variables { free(text) } }
        var started: pid_t = 0
        let status = posix_spawn(&started, executable, &actions, &attributes, texts, variables)
        guard status == 0 else {
            throw BenchError.program(path: executable, reason: String(cString: strerror(status)))
        }
        processID = started
    }

    deinit {
        guard ending == nil else { return }
        kill(processID, SIGKILL)
        _ = collect(options: 0)
    }

    /// - Throws: `BenchError.ended` when it has ended.
    func mustBeAlive() throws {
        guard let ending = ending ?? collect(options: WNOHANG) else { return }
        throw BenchError.ended(what: name, how: ending.problem ?? "by itself", lastLines: lastLines)
    }

    /// Asks it to end, and waits; after the time it is killed.
    @discardableResult
    func end(within limit: Duration = .seconds(30)) throws -> Ending {
        kill(processID, SIGTERM)
        return try waitForEnd(within: limit)
    }

    /// Waits until it ends; after the time it is killed.
    ///
    /// - Throws: `BenchError.ended` unless it ended well.
    @discardableResult
    func waitForEnd(within limit: Duration, checking check: () throws -> Void = {}) throws -> Ending {
        let deadline = ContinuousClock.now + limit
        while ContinuousClock.now < deadline {
            try check()
            if let ending = ending ?? collect(options: WNOHANG) {
                guard let problem = ending.problem else { return ending }
                throw BenchError.ended(what: name, how: problem, lastLines: lastLines)
            }
            usleep(5_000)  // `check` is to be asked meanwhile, so its end can only be asked for
        }
        kill(processID, SIGKILL)
        _ = collect(options: 0)
        throw BenchError.ended(what: name, how: "only when it was killed", lastLines: lastLines)
    }

    /// Everything that it has printed.
    var output: String { (try? String(contentsOf: log, encoding: .utf8)) ?? "" }

    var lastLines: String { output.split(separator: "\n").suffix(5).joined(separator: "\n") }

    private func collect(options: Int32) -> Ending? {
        var status: Int32 = 0
        var usage = rusage()
        guard wait4(processID, &status, options, &usage) == processID else { return nil }
        // The lower seven bits name the signal; the next byte is the exit status (wait(2)).
        let signal = status & 0x7F
        let code = (status >> 8) & 0xFF
        let problem: String? =
            if signal != 0 { "by signal \(signal)" } else if code != 0 { "with status \(code)" } else { nil }
        // Linux counts in KiB.
        let ended = Ending(problem: problem, peakMemory: Int(usage.ru_maxrss) * 1_024)
        ending = ended
        return ended
    }
}
