import AMQPClient
import Foundation
import Logging
import PostgresStore
import Testing

@testable import RefundService

@Suite("Credentials that are read again")
struct AccessTests {
    private func access(
        _ broker: String = "amqp://me:old@a,amqp://me:old@b/x", _ store: String = "postgresql://me:old@/refunds"
    ) throws -> Access {
        Access(nodes: try Endpoint.list(from: broker), store: .postgresql(try PostgresLocation(store)))
    }

    @Test("another password or user is taken")
    func credentials() throws {
        let read = try access("amqp://me:new@a,amqp://you:new@b/x", "postgresql://you:new@/refunds")
        let renewal = try access().renewed(by: read)
        #expect(renewal == Access.Renewal(access: read, isBrokerNew: true, isStoreNew: true))
        let same = try access().renewed(by: access())
        #expect(try same == Access.Renewal(access: access()))
    }

    @Test(
        "another broker is not, whole or in part",
        arguments: [
            "amqp://me:new@a,amqp://me:new@c/x", "amqp://me:new@a", "amqp://me:new@a,amqp://me:new@b/y",
            "amqp://me:new@a:5673,amqp://me:new@b/x", "amqps://me:new@a:5672,amqp://me:new@b/x",
        ])
    func otherBroker(url: String) throws {
        let renewal = try access().renewed(by: access(url))
        #expect(renewal.access.nodes == (try access().nodes))
        #expect(!renewal.isBrokerNew)
        #expect(renewal.problems.count == 1)
    }

    @Test(
        "another store is not, nor other tables of it",
        arguments: [
            "postgresql://me:new@/others", "postgresql://me:new@127.0.0.1/refunds",
            "postgresql://me:new@:5433/refunds", "postgresql://me:new@/refunds?options=-csearch_path%3Dother",
            // The database is the user's name.
            "postgresql://me:new@/",
        ])
    func otherStore(url: String) throws {
        let renewal = try access().renewed(by: access("amqp://me:old@a,amqp://me:old@b/x", url))
        #expect(renewal.access.store == (try access().store))
        #expect(!renewal.isStoreNew)
        #expect(renewal.problems.count == 1)
        let file = Access(nodes: try access().nodes, store: .sqlite(path: "cases.sqlite"))
        #expect(try access().renewed(by: file).problems.count == 1)
    }

    @Test("a file that is wrong by now changes nothing; one that is mended does")
    func files() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "refund-access-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        func write(_ text: String) throws { try text.write(toFile: path, atomically: true, encoding: .utf8) }
        try write("amqp://me:old@a/")
        let origin = SettingsOrigin(
            flags: [:], configurationFile: nil, environment: ["REFUND_WORKER_AMQP_URL_FILE": path])
        let access = CurrentAccess(
            try origin.read(), origin: origin, log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let nodes = access.nodes
        for text in ["", "amqp://me:new@", "amqp://me:new@b/"] {
            try write(text)
            #expect(!access.readAgain(because: .askedFor).broker)
            #expect(access.nodes == nodes)
        }
        try FileManager.default.removeItem(atPath: path)
        #expect(!access.readAgain(because: .askedFor).broker)
        try write("amqp://me:new@a/\n")
        #expect(access.readAgain(because: .refusedByBroker).broker)
        #expect(access.nodes == (try Endpoint.list(from: "amqp://me:new@a/")))
        #expect(!access.readAgain(because: .refusedByBroker).broker)
    }

    @Test("where settings come from shows no password")
    func shown() {
        let origin = SettingsOrigin(
            flags: [.amqpURL: "amqp://me:s3cret@a/"], configurationFile: nil,
            environment: ["REFUND_WORKER_STORE_URL": "postgresql://me:s3cret@/refunds"])
        var text = "\(origin)\(String(reflecting: origin))"
        dump(origin, to: &text)
        #expect(!text.contains("s3cret"))
    }
}
