import AMQPClient
import Foundation
import RefundService
import Testing

/// The broker that TEST_AMQP_URL names; tests that need it are skipped where it is not set.
enum LiveBroker {
    static let url = ProcessInfo.processInfo.environment["TEST_AMQP_URL"]
    static let control = ProcessInfo.processInfo.environment["TEST_RABBITMQCTL"]

    /// Runs `body` with a connection and a prefix that nobody else uses, and removes what was declared under it.
    ///
    /// On the test's own thread, so that what `body` expects is told under the test's name.
    static func run(_ body: (Connection, String) throws -> Void) throws {
        let settings = try Settings.read(flags: [.amqpURL: try #require(url)], environment: [:])
        let prefix = "test-\(UUID().uuidString.prefix(8).lowercased())."
        let connection = try settings.amqp.connect(purpose: "test")
        defer {
            connection.close()
            try? removeAll(prefix, settings: settings)
        }
        try body(connection, prefix)
    }

    private static func removeAll(_ prefix: String, settings: Settings) throws {
        let connection = try settings.amqp.connect(purpose: "test clean-up")
        defer { connection.close() }
        let topology = Topology(prefix: prefix)
        for queue in topology.queues { _ = try connection.deleteQueue(queue.name) }
        for exchange in topology.exchanges { try connection.deleteExchange(exchange.name) }
    }

    /// The lines that `rabbitmqctl` prints, each divided at its tabs.
    static func control(_ arguments: String...) throws -> [[String]] {
        let process = Process()
        process.executableURL = URL(filePath: try #require(control))
        process.arguments = ["-q"] + arguments + (arguments[0].hasPrefix("list_") ? ["--no-table-headers"] : [])
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return String(decoding: data, as: UTF8.self).split(separator: "\n").map { line in
            line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        }
    }
}
