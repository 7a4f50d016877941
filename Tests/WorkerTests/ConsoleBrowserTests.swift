import Foundation
import Testing

@Suite("The operators' page in a real browser", .serialized)
struct ConsoleBrowserTests {
    /// A command that fails once is left to a person.
    private static let policy = """
        name: browser
        versions:
          - effective_from: 2022-02-12
            time_zone: UTC
            return_window: 7d
            respond_within: 3d
            refund_within: 14d
            at_risk: {response: 12h, refund: 2d}
            rounding: half_up
            payout: on_approval
            commands: {reply_within: 15m, backoff: {first: 1m, factor: 2, cap: 12h, jitter: 0.2}, max_attempts: 1}
        """

    @Test(
        "operators do their tasks with it, with and without scripts, by mouse and keyboard, at two widths, light and dark"
    )
    func tasks() throws {
        let broker = try TestBroker(policy: ConsoleBrowserTests.policy)
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        // Where the pictures are kept, for whoever wants to look at them.
        let kept = ProcessInfo.processInfo.environment["TEST_PICTURES"].map { URL(fileURLWithPath: $0) }
        let pictures = kept ?? broker.directory.appendingPathComponent("pictures")
        let process = Process()
        process.executableURL = WorkerProcess.launcher
        process.arguments = [
            "--default-signal", "/usr/bin/python3", "-B", root.appendingPathComponent("Browser/use_console.py").path,
            WorkerProcess.executable.path, pictures.path,
        ]
        var environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("REFUND_WORKER_") }
        environment.merge(broker.environment) { $1 }
        environment["REFUND_WORKER_WORKER_PARKING"] = "0ms"
        process.environment = environment
        let errors = Pipe()
        process.standardError = errors
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        let problem = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(problem)\nrun deploy/setup if chromium is missing")
    }
}
