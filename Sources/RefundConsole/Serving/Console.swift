internal import Hummingbird
internal import HummingbirdCore
internal import Logging
internal import NIOCore
public import RefundService
internal import RefundWorker
internal import ServiceLifecycle

/// The operators' page: serves it until it is told to stop.
public enum Console {
    /// Serves the page until SIGTERM or SIGINT.
    ///
    /// - Parameters:
    ///   - isReadOnly: nothing can be changed through it.
    ///   - onServing: is told the page's address once it can be opened.
    /// - Throws: `SettingsError` and `PolicyError` when it can't start; what the server failed with.
    public static func run(
        _ settings: Settings, isReadOnly: Bool, onServing: @escaping @Sendable (String) -> Void
    ) async throws {
        let log = LineLog.logger("console", settings: settings.log)
        let token = try settings.console.tokenFile.map { path throws(SettingsError) in try AccessToken(file: path) }
        let policies = PolicyShelf(try openPolicy(settings))
        let location = settings.store
        let store = StoreDesk { () throws(StoreError) in try location.openSurvey(patience: StoreDesk.patience) }
        let broker = BrokerDesk(settings: settings.amqp)
        let jobs = LetterJobs(broker: broker, grace: LetterGroup.grace, log: log, now: SystemClock.now)
        let watching = Watching(desk: store, log: log, now: SystemClock.now)
        let indexing = Indexing(desk: store, log: log)
        let site = Site(
            store: store, indexing: indexing, watching: watching, broker: broker,
            workers: WorkerDesk(addresses: settings.console.workers), jobs: jobs,
            sessions: Sessions(random: Sessions.unguessable), logins: LoginLimit(), token: token,
            isReadOnly: isReadOnly, policies: policies, log: log, now: SystemClock.now)
        var quiet = log
        quiet.logLevel = .error
        let host = settings.console.host
        let application = Application(
            responder: Responder(site: site, streams: StreamLimit()), server: server,
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: Int(settings.console.port)), serverName: nil,
                availableConnectionsDelegate: MaximumAvailableConnections(mostConnections)),
            services: [watching, indexing, jobs],
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? Int(settings.console.port)
                onServing("http://\(host.contains(":") ? "[\(host)]" : host):\(port)/")
            }, logger: quiet)
        log.info("starting", metadata: ["store": "\(settings.store)", "read_only": "\(isReadOnly)"])
        try await application.runService()
        log.info("stopped")
    }

    private static let mostConnections = 200

    /// Small heads, and no connection that rests for long.
    private static var server: HTTPServerBuilder {
        .http1(
            configuration: HTTP1Channel.Configuration(
                idleTimeout: .seconds(60),
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: 8_192, maxHeaderListSize: 16_384, maxHeaderFieldCount: 64)))
    }
}
