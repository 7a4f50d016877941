import AMQPClient
import Foundation
import RefundService
import Testing

/// `deploy/rabbitmq/definitions.json`: the same topology as the program's own, for brokers whose operators import it.
@Suite("RabbitMQ's definitions")
struct DefinitionsTests {
    private struct Definitions: Decodable {
        struct User: Decodable {
            let name: String
            let passwordHash: String
            let tags: String
        }
        struct Permission: Decodable {
            let user: String
        }
        struct Exchange: Decodable {
            let name: String
            let type: String
            let durable: Bool
            let arguments: [String: String]
        }
        struct Queue: Decodable {
            let name: String
            let durable: Bool
            let arguments: [String: Argument]
        }
        struct Binding: Decodable {
            let source: String
            let destination: String
            let routingKey: String
        }
        let users: [User]
        let permissions: [Permission]
        let exchanges: [Exchange]
        let queues: [Queue]
        let bindings: [Binding]
    }

    /// A text or a number, as `FieldTable` would show it.
    private struct Argument: Decodable, Hashable {
        let text: String

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            text = try (try? container.decode(Int64.self)).map(String.init) ?? container.decode(String.self)
        }
    }

    private func definitions() throws -> Definitions {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "deploy/rabbitmq/definitions.json")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Definitions.self, from: Data(contentsOf: file))
    }

    @Test("exchanges, queues and bindings are those that topology declare makes")
    func topology() throws {
        let definitions = try definitions()
        let topology = Topology()
        #expect(definitions.exchanges.map(\.name) == topology.exchanges.map(\.name))
        for (defined, declared) in zip(definitions.exchanges, topology.exchanges) {
            #expect(defined.type == declared.type.name && defined.durable)
            #expect(defined.arguments == (declared.alternate.map { ["alternate-exchange": $0] } ?? [:]))
        }
        #expect(definitions.queues.map(\.name) == topology.queues.map(\.name))
        for (defined, declared) in zip(definitions.queues, topology.queues) {
            let arguments = declared.arguments.entries.map { entry in
                (entry.name, entry.value.text ?? entry.value.integer.map(String.init) ?? "")
            }
            #expect(defined.durable)
            #expect(defined.arguments.mapValues(\.text) == Dictionary(uniqueKeysWithValues: arguments))
        }
        let bindings = definitions.bindings.map { [$0.destination, $0.source, $0.routingKey] }
        #expect(Set(bindings) == Set(topology.bindings.map { [$0.queue, $0.exchange, $0.routingKey] }))
        #expect(bindings.count == topology.bindings.count)
    }

    @Test("they hold no password, and every user has permissions and no tag")
    func users() throws {
        let definitions = try definitions()
        for user in definitions.users { #expect(user.passwordHash.isEmpty && user.tags.isEmpty, "\(user.name)") }
        #expect(definitions.users.map(\.name) == definitions.permissions.map(\.user))
    }
}
