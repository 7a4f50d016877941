import Foundation

/// A RabbitMQ node for one test that breaks it, run by the project's own script.
final class PrivateNode {
    let url: String
    private let directory: URL
    /// Kept, so that it ends after this one: its directory has the name service of both.
    private let peer: PrivateNode?

    /// - Parameters:
    ///   - other: a node whose cluster this one joins; it must be stopped later than this one.
    ///   - plugin: one of RabbitMQ's own.
    init(joining other: PrivateNode? = nil, plugin: String? = nil) throws {
        directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("refund-worker-node-\(UInt32.random(in: 0 ... .max))")
        peer = other
        try Script.run(
            "deploy/broker",
            ["start", directory.path] + (other.map { ["--join", $0.directory.path] } ?? [])
                + (plugin.map { ["--plugin", $0] } ?? []))
        url = try Script.setting("AMQP_URL", in: directory)
    }

    deinit {
        try? Script.run("deploy/broker", "stop", directory.path)
        try? FileManager.default.removeItem(at: directory)
    }

    /// Puts what was declared so far on disk, which RabbitMQ 3.10 does half a second after it has confirmed it.
    func sync() throws { try Script.run("deploy/broker", "sync", directory.path) }

    /// Runs the node's rabbitmqctl.
    func control(_ arguments: String...) throws {
        try control(arguments)
    }

    func control(_ arguments: [String]) throws {
        try Script.run(at: directory.appendingPathComponent("rabbitmqctl"), arguments)
    }

    /// Ends the node at once, as a loss of power does.
    func kill() throws { try Script.run("deploy/broker", "kill", directory.path) }

    /// Starts it again with its data, and returns when it takes connections.
    func restart() throws { try Script.run("deploy/broker", "restart", directory.path) }
}
