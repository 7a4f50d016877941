import Foundation

/// The calendar's clock of one worker, which a test may step while the worker runs: libfaketime, whose file is read anew at
/// each reading. The time since the start goes on as it does.
struct SteppingClock {
    private let file: URL
    private let library: String

    init(in directory: URL) throws {
        let libraries = try FileManager.default.contentsOfDirectory(atPath: "/usr/lib")
            .map { "/usr/lib/\($0)/faketime/libfaketimeMT.so.1" }
        guard let library = libraries.first(where: { FileManager.default.fileExists(atPath: $0) }) else {
            throw Missing(what: "libfaketime (deploy/setup installs it)")
        }
        self.library = library
        file = directory.appendingPathComponent("clock")
        try step("+0")
    }

    /// What the worker needs to have this clock.
    var settings: [String: String] {
        [
            "LD_PRELOAD": library, "FAKETIME_TIMESTAMP_FILE": file.path, "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        ]
    }

    /// From here on the clock is so far off, such as `+15d` or `-1h`; `+0` is right.
    func step(_ offset: String) throws {
        try Data("\(offset)\n".utf8).write(to: file, options: .atomic)
    }
}
