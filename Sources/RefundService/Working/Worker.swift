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
        for path in settings.openSecrets {
            log.warning("every user of the machine may read a secret; chmod 600", metadata: ["file": "\(path)"])
        }
        let manager = ServiceManager(
            environment: ProcessInfo.processInfo.environment, processID: ProcessInfo.processInfo.processIdentifier)
        let (begun, beginning) = AsyncStream.makeStream(of: Void.self)
        let pulses = (1...settings.worker.lanes).map { _ in
            LanePulse(interval: LanePulse.interval(for: manager?.watchdog), begun: beginning)
        }
        let lanes = try pulses.enumerated().map { index, pulse in
            try lane(index + 1, settings: settings, policies: policies, pulse: pulse)
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
                // They are shut down from the last to the first.
                services: watching(manager, pulses) + lanes.map(supervised) + announcing(manager, begun, lanes.count),
                gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet))
        try await group.run()
        log.info("stopped")
    }

    private static func supervised(
        _ service: any ServiceLifecycle.Service
    ) -> ServiceGroupConfiguration.ServiceConfiguration {
        .init(
            service: service, successTerminationBehavior: .ignore,
            failureTerminationBehavior: .gracefullyShutdownGroup)
    }

    /// What keeps a service manager's watchdog quiet until the lanes have drained.
    private static func watching(
        _ manager: ServiceManager?, _ pulses: [LanePulse]
    ) -> [ServiceGroupConfiguration.ServiceConfiguration] {
        guard let manager, let watchdog = manager.watchdog else { return [] }
        return [supervised(WatchdogService(manager: manager, watchdog: watchdog, pulses: pulses))]
    }

    /// What tells a service manager that the worker is ready, and before anything drains that it stops.
    private static func announcing(
        _ manager: ServiceManager?, _ begun: AsyncStream<Void>, _ lanes: Int
    ) -> [ServiceGroupConfiguration.ServiceConfiguration] {
        guard let manager else { return [] }
        return [supervised(ReadinessService(manager: manager, begun: begun, lanes: lanes))]
    }

    private static func lane(
        _ number: Int, settings: Settings, policies: PolicyShelf, pulse: LanePulse
    ) throws -> LaneService {
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
            settings: laneSettings, rotation: rotation, policies: policies, pulse: pulse,
            log: LineLog.logger(laneSettings.name, settings: settings.log)
        ) { () throws(StoreError) in try location.openForWork() }
    }
}
