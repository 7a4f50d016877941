import Foundation

/// The project's own scripts, as operators run them.
enum Script {
    static func run(_ path: String, _ arguments: String...) throws {
        try run(path, arguments)
    }

    /// The project's own directory.
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// One of the project's files.
    static func read(_ path: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }

    /// - Parameter file: takes what the script prints.
    static func run(_ path: String, _ arguments: [String], writing file: URL? = nil) throws {
        try run(at: root.appendingPathComponent(path), arguments, writing: file)
    }

    static func run(at file: URL, _ arguments: [String], writing output: URL? = nil) throws {
        let process = Process()
        process.executableURL = WorkerProcess.launcher
        process.arguments = ["--default-signal", file.path] + arguments
        process.standardOutput = FileHandle.nullDevice
        if let output {
            try Data().write(to: output)
            process.standardOutput = try FileHandle(forWritingTo: output)
        }
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Missing(what: "\(file.lastPathComponent) \(arguments[0])") }
    }

    /// Runs a shell command in the project's directory.
    ///
    /// - Throws: what it has printed, when it fails.
    static func shell(_ command: String) throws {
        let process = Process()
        process.executableURL = WorkerProcess.launcher
        process.arguments = ["--default-signal", "bash", "-c", "{ \(command); } 2>&1"]
        process.currentDirectoryURL = root
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Missing(what: "the success of \(command)", log: text) }
    }

    /// What a started part says of itself in `DIRECTORY/env`.
    static func setting(_ name: String, in directory: URL) throws -> String {
        let settings = try String(contentsOf: directory.appendingPathComponent("env"), encoding: .utf8)
        let mark = "export \(name)="
        guard let line = settings.split(separator: "\n").first(where: { $0.hasPrefix(mark) }) else {
            throw Missing(what: "\(name) in \(directory.path)/env")
        }
        return line.dropFirst(mark.count).trimmingCharacters(in: CharacterSet(charactersIn: "'\"")).replacing(
            "\\", with: "")
    }
}
