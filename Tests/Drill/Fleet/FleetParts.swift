import Foundation
import RefundService
import Simulation

/// The real parts of a fleet: its programs, the relays between them and what they talk to, and where its store is.
struct FleetParts {
    let workers: [Program]
    let sandbox: Program
    /// One for each worker.
    let brokerRelays: [Relay]
    let storeRelays: [Relay]
    let disk: SmallDisk?
    /// As it is without relays.
    let storeURL: String

    init(
        _ kind: StoreKind, _ setup: FleetSetup, scenario: Scenario, behaviour: SandboxBehaviour, folder: URL
    ) throws {
        let policy = folder.appending(path: "policy.yaml")
        try setup.policy(of: scenario).write(to: policy, atomically: true, encoding: .utf8)
        let broker = setup.broker
        brokerRelays = try (0..<kind.workers).map { _ in try Relay(to: broker.port) }
        let storeURLs: [String]
        switch kind {
        case .sqlite:
            disk = SmallDisk(at: folder.appending(path: "disk"), megabytes: 1_024)
            storeURL = "sqlite:\((disk?.folder ?? folder).appending(path: "cases.sqlite").path)"
            storeRelays = []
            storeURLs = [storeURL]
        case .postgres:
            guard let database = setup.database else { throw DrillError.noDatabase }
            disk = nil
            storeURL = database.url
            storeRelays = try (0..<kind.workers).map { _ in try Relay(to: database.port) }
            storeURLs = storeRelays.map { database.url(throughPort: $0.port) }
            _ = try Settings.read(flags: [.storeURL: storeURL], environment: [:]).store.create(expected: nil)
        }
        let shared = [
            "REFUND_WORKER_AMQP_PREFIX": kind.prefix, "REFUND_WORKER_AMQP_HEARTBEAT": "\(FleetSetup.heartbeat)s",
        ]
        workers = try zip(brokerRelays, storeURLs).enumerated().map { index, parts in
            var environment = shared
            environment["REFUND_WORKER_AMQP_URL"] = broker.url(throughPort: parts.0.port)
            environment["REFUND_WORKER_STORE_URL"] = parts.1
            environment["REFUND_WORKER_POLICY_FILE"] = policy.path
            environment["REFUND_WORKER_WORKER_LANES"] = "\(kind.lanes)"
            environment["REFUND_WORKER_WORKER_DRAIN"] = "5s"
            environment["REFUND_WORKER_WORKER_PARKING"] = "\(scenario.beats(12).components.seconds)s"
            environment["REFUND_WORKER_HTTP_PORT"] = "\(try Relay.freePort())"
            return Program(
                name: "\(kind.rawValue)-worker-\(index + 1)", executable: setup.program, arguments: ["run"],
                environment: environment, logs: folder)
        }
        sandbox = Program(
            name: "\(kind.rawValue)-sandbox", executable: setup.program, arguments: ["sandbox"] + behaviour.arguments,
            environment: shared.merging(["REFUND_WORKER_AMQP_URL": broker.url]) { $1 }, logs: folder)
    }

    /// Reads the store as it is, whatever the workers go through.
    func rows(_ kind: StoreKind) -> () throws -> any RowSource {
        let url = storeURL
        return switch kind {
        case .sqlite: { try SQLiteRows(file: String(url.dropFirst("sqlite:".count))) }
        case .postgres: { PostgresRows(url: url) }
        }
    }
}

extension SandboxBehaviour {
    /// The same for the command line.
    fileprivate var arguments: [String] {
        [
            "--fail-rate", "\(failRate)", "--final-rate", "\(finalRate)", "--silent-rate", "\(silentRate)", "--delay",
            "\(delay.components.attoseconds / 1_000_000_000_000_000)ms", "--seed", "\(seed)",
        ]
    }
}
