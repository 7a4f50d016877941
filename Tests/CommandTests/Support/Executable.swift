import Foundation
import Testing

/// The built `refund-worker`, run as a process of its own.
enum Executable {
    /// What a run left behind.
    struct Outcome {
        let status: Int32
        let output: String
        let errors: String

        /// The lines of the output.
        var lines: [String] { output.split(separator: "\n").map(String.init) }

        /// Each line of the output as a JSON object.
        func objects() throws -> [[String: Any]] {
            try lines.map { line in
                try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any], "\(line)")
            }
        }
    }

    /// Beside the test bundle.
    static var path: URL {
        get throws {
            let bundle = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
            let path = URL(filePath: bundle).deletingLastPathComponent().appending(path: "refund-worker")
            try #require(FileManager.default.isExecutableFile(atPath: path.path), "build refund-worker first")
            return path
        }
    }

    /// Runs it to its end. Of the environment only PATH is passed on, and what is given.
    ///
    /// - Parameter script: a shell's script that runs it, as `"$0" "$@"`; without one it is run as it is.
    static func run(
        _ arguments: [String], input: String = "", environment: [String: String] = [:], script: String? = nil
    ) throws -> Outcome {
        let directory = FileManager.default.temporaryDirectory.appending(path: "refund-run-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        // Files, since a pipe that nobody reads while the other is full would wait for ever.
        let names = ["input", "output", "errors"].map { directory.appending(path: $0) }
        try Data(input.utf8).write(to: names[0])
        for name in names.dropFirst() { try Data().write(to: name) }
        let process = Process()
        process.executableURL = script == nil ? try path : URL(filePath: "/bin/sh")
        process.arguments = try script.map { ["-c", $0, try path.path] + arguments } ?? arguments
        process.currentDirectoryURL = directory
        process.environment = environment.merging(["PATH": "/usr/bin:/bin"]) { given, _ in given }
        process.standardInput = try FileHandle(forReadingFrom: names[0])
        process.standardOutput = try FileHandle(forWritingTo: names[1])
        process.standardError = try FileHandle(forWritingTo: names[2])
        try process.run()
        process.waitUntilExit()
        return Outcome(
            status: process.terminationStatus, output: try String(contentsOf: names[1], encoding: .utf8),
            errors: try String(contentsOf: names[2], encoding: .utf8))
    }
}
