import Foundation

/// The calendar's clock of one worker, which a test may step while the worker runs: a library that is preloaded adds what a
/// file says to each reading. The time since the start goes on as it does.
struct SteppingClock {
    private let file: URL
    private let library: URL

    init(in directory: URL) throws {
        file = directory.appendingPathComponent("clock")
        library = directory.appendingPathComponent("stepping_clock.so")
        let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Fixtures/stepping_clock.c")
        let compiler = Process()
        compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        compiler.arguments = ["clang", "-shared", "-fPIC", "-O1", "-o", library.path, source.path]
        try compiler.run()
        compiler.waitUntilExit()
        guard compiler.terminationStatus == 0 else { throw Missing(what: "the stepping clock, compiled") }
        try step(bySeconds: 0)
    }

    /// What the worker needs to have this clock.
    var settings: [String: String] { ["LD_PRELOAD": library.path, "STEPPING_CLOCK_FILE": file.path] }

    /// From here on the clock is so far ahead (negative: behind); 0 is right.
    func step(bySeconds offset: Int) throws {
        try Data("\(offset)\n".utf8).write(to: file, options: .atomic)
    }
}
