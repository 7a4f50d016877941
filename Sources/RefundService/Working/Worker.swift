internal import AMQPClient
internal import Foundation
internal import Logging
internal import RefundMessages
internal import RefundPolicy
internal import RefundWorker
internal import ServiceLifecycle
internal import UnixSignals

/// The worker: takes messages until it is told to stop.
public enum Worker {
    /// Works until SIGTERM or SIGINT, then drains and stops.
    ///
    /// - Throws: `SettingsError`, `PolicyError` and `StoreError` when it can't start. What fails later is logged and tried
    ///   again.
    public static func run(_ settings: Settings) async throws {
        // A reader of our output that goes away must not end the worker.
        signal(SIGPIPE, SIG_IGN)
        let policies = PolicyShelf(try openPolicy(settings))
        let log = LineLog.logger("worker", settings: settings.log)
        let lanes = try (1...settings.worker.lanes).map { number in
            try lane(number, settings: settings, policies: policies)
        }
        log.info(
            "starting",
            metadata: [
                "broker": "\(settings.amqp.nodes.map(\.address).joined(separator: ","))",
                "store": "\(settings.store)", "policy": "\(policies.policy.name)", "lanes": "\(lanes.count)",
            ])
        var quiet = log
        quiet.logLevel = .error
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: lanes.map { lane in
                    .init(
                        service: lane, successTerminationBehavior: .ignore,
                        failureTerminationBehavior: .gracefullyShutdownGroup)
                },
                gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet))
        try await group.run()
        log.info("stopped")
    }

    private static func lane(_ number: Int, settings: Settings, policies: PolicyShelf) throws -> LaneService {
        guard let rotation = EndpointRotation(settings.amqp.nodes, startingAt: UInt(number - 1)) else {
            throw WorkerError.noNodes
        }
        let laneSettings = LaneSettings(
            name: "lane \(number)", connection: settings.amqp.options(purpose: "worker"),
            names: BrokerNames(prefix: settings.amqp.prefix),
            limits: LaneLimits(
                batch: settings.worker.batch, linger: settings.worker.linger,
                parking: ParkingTerms(patience: settings.worker.parking)),
            drain: settings.worker.drain)
        let location = settings.store
        return LaneService(
            settings: laneSettings, rotation: rotation, policies: policies,
            log: LineLog.logger(laneSettings.name, settings: settings.log)
        ) { () throws(StoreError) in try location.openForWork() }
    }
}
