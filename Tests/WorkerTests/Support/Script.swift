import Foundation

/// The project's own scripts, as operators run them.
enum Script {
    static func run(_ path: String, _ arguments: String...) throws {
        try run(path, arguments)
    }

    /// - Parameter file: takes what the script prints.
    static func run(_ path: String, _ arguments: [String], writing file: URL? = nil) throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
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
