import Foundation

/// A command that runs to its end: the project's own scripts, mostly.
enum Script {
    struct Failure: Error, CustomStringConvertible {
        let command: String
        let status: Int32
        let output: String

        var description: String { "\(command) failed with status \(status): \(output.suffix(1_000))" }
    }

    /// - Returns: what it printed to standard output.
    @discardableResult
    static func run(_ executable: String, _ arguments: [String], environment: [String: String]? = nil) throws -> String
    {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        // Threads of this process have blocked signals, and children inherit that.
        process.arguments = ["--default-signal", executable] + arguments
        if let environment { process.environment = environment }
        process.standardInput = FileHandle.nullDevice
        // One pipe: what matters of the errors is small, and nobody needs to read two at once.
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            throw Failure(
                command: "\(executable) \(arguments.joined(separator: " "))", status: process.terminationStatus,
                output: output)
        }
        return output
    }
}
