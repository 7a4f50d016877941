import Foundation

/// A RabbitMQ node for one test that breaks it, run by the project's own script.
final class PrivateNode {
    let url: String
    private let directory: URL
    /// Kept, so that it ends after this one: its directory has the name service of both.
    private let peer: PrivateNode?

    /// - Parameter other: a node whose cluster this one joins; it must be stopped later than this one.
    init(joining other: PrivateNode? = nil) throws {
        directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("refund-worker-node-\(UInt32.random(in: 0 ... .max))")
        peer = other
        try PrivateNode.script(["start", directory.path] + (other.map { ["--join", $0.directory.path] } ?? []))
        let settings = try String(contentsOf: directory.appendingPathComponent("env"), encoding: .utf8)
        let line = settings.split(separator: "\n").first { $0.hasPrefix("export AMQP_URL=") } ?? ""
        url = line.dropFirst("export AMQP_URL=".count).trimmingCharacters(in: CharacterSet(charactersIn: "'\""))
    }

    deinit {
        try? PrivateNode.script("stop", directory.path)
        try? FileManager.default.removeItem(at: directory)
    }

    /// Puts what was declared so far on disk, which RabbitMQ 3.10 does half a second after it has confirmed it.
    func sync() throws { try PrivateNode.script("sync", directory.path) }

    /// Ends the node at once, as a loss of power does.
    func kill() throws { try PrivateNode.script("kill", directory.path) }

    /// Starts it again with its data, and returns when it takes connections.
    func restart() throws { try PrivateNode.script("restart", directory.path) }

    private static func script(_ arguments: String...) throws {
        try script(arguments)
    }

    private static func script(_ arguments: [String]) throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let process = Process()
        process.executableURL = WorkerProcess.launcher
        process.arguments = ["--default-signal", root.appendingPathComponent("deploy/broker").path] + arguments
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Missing(what: "deploy/broker \(arguments[0])") }
    }
}
