import AMQPClient
import Foundation
import Testing

/// The tests against a real broker. One after the other: some raise an alarm, which every connection feels.
@Suite("a live broker", .serialized, .timeLimit(.minutes(20)))
enum LiveBroker {}

/// Finds the broker for the tests, by the variables that `deploy/broker start` writes.
enum Broker {
    struct Missing: Error, CustomStringConvertible {
        let description: String
    }

    static func variable(_ name: String) throws -> String {
        guard let value = ProcessInfo.processInfo.environment[name], !value.isEmpty else {
            throw Missing(description: "\(name) is not set: run deploy/broker start DIR --tls and read DIR/env first")
        }
        return value
    }

    static func endpoint() throws -> Endpoint {
        try #require(try Endpoint.list(from: variable("TEST_AMQP_URL")).first)
    }

    /// The endpoint with one thing changed.
    static func endpoint(
        user: String? = nil,
        password: Password? = nil,
        virtualHost: String? = nil,
        heartbeat: Duration? = nil
    ) throws -> Endpoint {
        let usual = try endpoint()
        var parameters = Endpoint.Parameters()
        parameters.heartbeat = heartbeat
        return try Endpoint(
            host: usual.host,
            port: usual.port,
            virtualHost: virtualHost ?? usual.virtualHost,
            user: user ?? usual.user,
            password: password ?? usual.password,
            parameters: parameters
        )
    }

    static func connect(
        _ options: ConnectionOptions = ConnectionOptions(connectionName: "AMQPClientTests"),
        epoch: Epoch = Epoch(1)
    ) throws -> Connection {
        try Connection.open(endpoint(), options: options, epoch: epoch)
    }

    /// A name that no other test has.
    static func freshName(_ purpose: String) -> String {
        "test.\(purpose).\(UUID().uuidString)"
    }

    /// Runs rabbitmqctl against the node and gives what it printed.
    @discardableResult
    static func control(_ arguments: String...) throws -> String {
        let command = try variable("TEST_RABBITMQCTL").split(separator: " ").map(String.init)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Missing(description: "rabbitmqctl \(arguments.joined(separator: " ")) failed: \(text)")
        }
        return text
    }
}
