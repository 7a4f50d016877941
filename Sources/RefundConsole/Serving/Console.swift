internal import GuardedHTTP
internal import Hummingbird
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import RefundPolicy
public import RefundService
internal import RefundWorker
internal import ServiceLifecycle

/// The operators' page: serves it until it is told to stop.
public enum Console {
    /// Where the page can be opened.
    public enum Place: Hashable, Sendable {
        /// By a browser, with the token.
        case port(address: String)
        /// By whoever may open that file.
        case socket(path: String)
    }

    /// Serves the page until SIGTERM or SIGINT.
    ///
    /// - Parameters:
    ///   - origin: where the settings come from: what stands in files is read again (`CurrentAccess`).
    ///   - isReadOnly: nothing can be changed through it.
    ///   - onServing: is told where the page is once it can be opened.
    /// - Throws: `SettingsError` and `PolicyError` when it can't start; what the server failed with.
    public static func run(
        _ settings: Settings, from origin: SettingsOrigin, isReadOnly: Bool,
        onServing: @escaping @Sendable (Place) -> Void
    ) async throws {
        let log = LineLog.logger("console", settings: settings.log)
        let door = try ConsoleEntrance(settings.console.door)
        let policies = PolicyShelf(try openPolicy(settings))
        let access = CurrentAccess(settings, origin: origin, log: log)
        access.heedHangUps()
        let store = StoreDesk { () throws(StoreError) in try access.openSurvey(patience: StoreDesk.patience) }
        let broker = BrokerDesk(prefix: settings.amqp.prefix) { try access.connect(purpose: $0) }
        let jobs = LetterJobs(broker: broker, grace: LetterGroup.grace, log: log, now: SystemClock.now)
        let watching = Watching(desk: store, log: log, now: SystemClock.now)
        let indexing = Indexing(desk: store, log: log)
        let site = Site(
            store: store, indexing: indexing, watching: watching, broker: broker,
            workers: WorkerDesk(addresses: settings.console.workers), jobs: jobs,
            sessions: Sessions(random: Sessions.unguessable), logins: LoginPatience(), token: door.token,
            isReadOnly: isReadOnly, policies: policies, log: log, now: SystemClock.now,
            // A wrong token is answered later with each try: the wait itself is what is wanted.
            pauseFor: { wait in try? await cancelWhenGracefulShutdown { try await Task.sleep(for: wait) } })
        var quiet = log
        quiet.logLevel = .error
        let application = Application(
            responder: Responder(site: site, streams: StreamLimit(), proxies: door.proxies),
            server: .guarded(guarding(door.proxies), log: log),
            configuration: ApplicationConfiguration(address: door.address, serverName: nil),
            services: [watching, indexing, jobs],
            onServerRunning: { onServing(door.opened(at: $0.localAddress?.port)) },
            logger: quiet)
        log.info("starting", metadata: ["store": "\(settings.store)", "read_only": "\(isReadOnly)"])
        defer { door.close() }
        try await application.runService()
        log.info("stopped")
    }

    /// Pages that keep themselves up to date hold a connection each; who shares an address has some dozens of them.
    private static func guarding(_ proxies: [AddressBlock]) -> HTTPGuarding {
        HTTPGuarding(
            connections: ConnectionLimits(inAll: 256, byAddress: 64, forProbes: 16),
            requests: RequestLimits(bodyBytes: Responder.largestForm), probes: [Responder.health], proxies: proxies)
    }
}
