import AMQPClient
import Foundation

/// A node into which `deploy/rabbitmq/definitions.json` was imported, with passwords made up for its users.
final class DefinedBroker {
    let directory: URL
    private let node: PrivateNode

    init() throws {
        directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("refund-definitions-\(UInt32.random(in: 0 ... .max))")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        node = try PrivateNode()
        let definitions = directory.appendingPathComponent("definitions.json")
        try DefinedBroker.writeDefinitions(
            to: definitions, passwords: directory.appendingPathComponent("passwords"))
        try node.control("import_definitions", definitions.path)
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    private static func writeDefinitions(to file: URL, passwords: URL) throws {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("deploy/rabbitmq/with-passwords")
        try Data().write(to: file)
        let process = Process()
        process.executableURL = script
        process.arguments = [passwords.path, "--make"]
        process.standardOutput = try FileHandle(forWritingTo: file)
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Missing(what: "the definitions") }
    }

    private func url(of user: String) throws -> String {
        let file = directory.appendingPathComponent("passwords/\(user)")
        let password = try String(contentsOf: file, encoding: .utf8).trimmingCharacters(in: .newlines)
        guard var parts = URLComponents(string: node.url) else { throw Missing(what: "the node's address") }
        (parts.user, parts.password) = (user, password)
        return parts.string ?? ""
    }

    func environment(of user: String) throws -> [String: String] {
        [
            "REFUND_WORKER_AMQP_URL": try url(of: user),
            "REFUND_WORKER_STORE_URL": "sqlite:\(directory.path)/cases.sqlite",
        ]
    }

    /// For the user that a new node has, who may do everything.
    var administration: [String: String] { ["REFUND_WORKER_AMQP_URL": node.url] }

    func open(as user: String) throws -> Connection { try open(url(of: user)) }

    func openAsAdministrator() throws -> Connection { try open(node.url) }

    private func open(_ url: String) throws -> Connection {
        guard let endpoint = try Endpoint.list(from: url).first else { throw Missing(what: "an endpoint") }
        return try Connection.open(endpoint, options: ConnectionOptions(), epoch: Epoch(1))
    }
}
