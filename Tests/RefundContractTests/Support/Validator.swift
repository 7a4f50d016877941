import Foundation
import Testing

/// The scripts of `Tests/Contract`: a JSON Schema validator that shares nothing with the code under test.
enum Validator {
    struct Outcome {
        let status: Int32
        let output: String

        /// Each line of the output as a JSON object.
        func objects() throws -> [[String: Any]] {
            try output.split(separator: "\n").map { line in
                try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            }
        }
    }

    /// Runs a script to its end.
    static func run(_ script: String, _ arguments: String..., input: String = "") throws -> Outcome {
        let directory = FileManager.default.temporaryDirectory.appending(path: "refund-contract-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        // Files, since a pipe that nobody reads while the other is full would wait for ever.
        let (given, printed) = (directory.appending(path: "input"), directory.appending(path: "output"))
        try Data(input.utf8).write(to: given)
        try Data().write(to: printed)
        let process = Process()
        // Debian's own Python, which sees Debian's python3-jsonschema.
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = ["-B", scripts.appending(path: script).path] + arguments
        process.standardInput = try FileHandle(forReadingFrom: given)
        process.standardOutput = try FileHandle(forWritingTo: printed)
        try process.run()
        process.waitUntilExit()
        return Outcome(
            status: process.terminationStatus, output: try String(contentsOf: printed, encoding: .utf8))
    }

    private static let scripts = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Contract")
}
