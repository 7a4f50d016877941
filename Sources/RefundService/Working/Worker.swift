internal import AMQPClient
public import CoreMetrics
internal import Foundation
internal import Logging
internal import RefundMessages
internal import RefundPolicy
internal import RefundWorker
public import ServiceLifecycle
internal import UnixSignals

/// The worker: takes messages until it is told to stop.
public enum Worker {
    /// Works until SIGTERM or SIGINT, then drains and stops.
    ///
    /// - Parameters:
    ///   - origin: where the settings come from: what stands in files is read again (`CurrentAccess`).
    ///   - factory: makes what the worker counts and times.
    ///   - acceptsChangedPolicy: whether a version of the policy that is in use may come with other content.
    ///   - observers: services that look at the worker; they begin with it and are stopped last, so that they tell of its
    ///     draining.
    /// - Throws: `SettingsError`, `PolicyError`, `ChangedPolicyError` and `StoreError` when it can't start, and what an
    ///   observer throws. What fails later is logged and tried again.
    public static func run(
        _ settings: Settings, from origin: SettingsOrigin,
        acceptsChangedPolicy: Bool = false, metrics factory: any MetricsFactory = NOOPMetricsHandler.instance,
        observers: (WorkerWatch) -> [any ServiceLifecycle.Service] = { _ in [] }
    ) async throws {
        // A reader of our output that goes away must not end the worker.
        signal(SIGPIPE, SIG_IGN)
        ProcessMemory.keepSmall()
        let policies = PolicyShelf(try openPolicy(settings))
        let name = settings.worker.name ?? defaultName
        let shared = WorkerLog(worker: name)
        let log = LineLog.logger("worker", settings: settings.log, shared: shared)
        let access = CurrentAccess(settings, origin: origin, log: log)
        access.heedHangUps()
        for path in settings.openSecrets {
            log.warning("every user of the machine may read a secret; chmod 600", metadata: ["file": "\(path)"])
        }
        let used = PoliciesInUse(policies.policy, acceptsChanges: acceptsChangedPolicy) { error in
            log.error(
                "a policy in the store can't be read: its cases wait, and whether the policy has changed can't be told",
                metadata: ["problem": "\(error)"])
        }
        try check(used, access)
        let manager = ServiceManager(
            environment: ProcessInfo.processInfo.environment, processID: ProcessInfo.processInfo.processIdentifier)
        let (begun, beginning) = AsyncStream.makeStream(of: Void.self)
        let pulses = (1...settings.worker.lanes).map { _ in
            LanePulse(interval: LanePulse.interval(for: manager?.watchdog), begun: beginning)
        }
        let metrics = WorkerMetrics(factory: factory, names: BrokerNames(prefix: settings.amqp.prefix))
        let tracing = BatchTracing()
        let startedAt = SystemClock.now()
        recordProcess(startedAt: startedAt, factory: factory)
        let boards = pulses.indices.map { LaneBoard(name: laneName($0), factory: factory, at: startedAt) }
        let agreed = AgreedStore(pinned: settings.storeIdentity)
        let clock = WorkerClock(factory: factory, log: log)
        let lanes = try zip(pulses, boards).enumerated().map { index, lane in
            try self.lane(
                index, settings: settings, access: access, agreed: agreed, policies: policies, used: used, clock: clock,
                pulse: lane.0, observation: LaneObservation(metrics: metrics, board: lane.1, tracing: tracing),
                shared: shared)
        }
        let brakes = BrakeBoard()
        let watch = WorkerWatch(
            name: name, startedAt: startedAt, boards: boards, pulses: pulses, brakes: brakes, clock: clock)
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
                services: (observers(watch) + backlog(settings, access, factory, brakes, clock) + [
                    OmissionService(shared: shared, log: log, factory: factory)
                ])
                .map(supervised) + watching(manager, pulses)
                    + lanes.map(supervised)
                    + announcing(manager, begun, lanes.count),
                gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet))
        do {
            try await group.run()
        } catch {
            throw used.refusal ?? error
        }
        log.info("stopped")
    }

    private static func laneName(_ index: Int) -> String { "lane \(index + 1)" }

    /// Tells workers of one machine and of several apart.
    private static var defaultName: String {
        "\(ProcessInfo.processInfo.hostName)-\(ProcessInfo.processInfo.processIdentifier)"
    }

    private static func supervised(
        _ service: any ServiceLifecycle.Service
    ) -> ServiceGroupConfiguration.ServiceConfiguration {
        .init(
            service: service, successTerminationBehavior: .ignore,
            failureTerminationBehavior: .gracefullyShutdownGroup)
    }

    /// What looks at the store, where somebody looks at what is found.
    private static func backlog(
        _ settings: Settings, _ access: CurrentAccess, _ factory: any MetricsFactory, _ brakes: BrakeBoard,
        _ clock: WorkerClock
    ) -> [any ServiceLifecycle.Service] {
        guard settings.http.port != nil else { return [] }
        return [
            BacklogService(
                open: { () throws(StoreError) in try access.openReader() }, metrics: BacklogMetrics(factory: factory),
                board: brakes,
                log: LineLog.logger("store", settings: settings.log), clock: clock,
                logBytes: { [store = settings.store] in store.logBytes })
        ]
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
        _ index: Int, settings: Settings, access: CurrentAccess, agreed: AgreedStore, policies: PolicyShelf,
        used: PoliciesInUse, clock: WorkerClock, pulse: LanePulse, observation: LaneObservation, shared: WorkerLog
    ) throws -> LaneService {
        guard let nodes = BrokerNodes(access, startingAt: UInt(index)) else {
            throw WorkerError.noNodes
        }
        let laneSettings = LaneSettings(
            name: laneName(index), connection: settings.amqp.options(purpose: "worker"),
            names: BrokerNames(prefix: settings.amqp.prefix), isSharded: settings.amqp.isSharded,
            consoleUser: settings.amqp.consoleUser,
            limits: LaneLimits(
                batch: settings.worker.batch, linger: settings.worker.linger,
                parking: ParkingTerms(
                    patience: settings.worker.parking,
                    room: ParkingRoom(
                        messages: settings.worker.parkingLimit, bytes: settings.worker.parkingBytes)),
                bytes: LaneBytes(sharedBy: settings.worker.lanes)),
            drain: settings.worker.drain, giveBack: settings.worker.giveBack)
        return LaneService(
            settings: laneSettings, nodes: nodes, policies: policies, clock: clock, pulse: pulse,
            observation: observation,
            log: LineLog.logger(laneSettings.name, settings: settings.log, shared: shared)
        ) { () throws(StoreError) in try open(access, agreed, used) }
    }

    /// Refuses a changed policy at the start. A store that does not answer, or is not there yet, is asked by each lane that
    /// opens it, before it works.
    private static func check(_ used: PoliciesInUse, _ access: CurrentAccess) throws {
        do {
            try used.check { () throws(StoreError) in try access.openReader() }
        } catch is StoreError {}
    }

    private static func open(
        _ access: CurrentAccess, _ agreed: AgreedStore, _ used: PoliciesInUse
    ) throws(StoreError) -> any CaseStore & ClosableStore {
        let store = try access.openForWork(agreed)
        do {
            try used.check { () throws(StoreError) in try access.openReader() }
            return store
        } catch {
            store.close()
            throw error as? StoreError
                ?? StoreError(
                    .incompatible, operation: "look at the policies in use", problem: "\(error)",
                    remedy: "start the worker again with the policy that the cases have, or --accept-changed-policy")
        }
    }
}
