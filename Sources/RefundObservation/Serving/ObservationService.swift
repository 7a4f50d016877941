internal import GuardedHTTP
internal import Hummingbird
internal import HummingbirdCore
public import Logging
internal import NIOCore
public import RefundService
public import ServiceLifecycle

/// Serves health, metrics and status of a worker over HTTP, until it is told to stop.
public struct ObservationService: Service {
    private let watch: WorkerWatch
    private let registry: PrometheusRegistry
    private let host: String
    private let port: UInt16
    private let log: Logger

    /// - Parameters:
    ///   - host: the address to listen at.
    ///   - port: 0 for any that is free; the log says which.
    public init(watch: WorkerWatch, registry: PrometheusRegistry, host: String, port: UInt16, log: Logger) {
        self.watch = watch
        self.registry = registry
        self.host = host
        self.port = port
        self.log = log
    }

    /// Whoever scrapes needs one connection, and asks again on it; health checks bring a new one each, often from one address.
    static let guarding = HTTPGuarding(
        connections: ConnectionLimits(inAll: 128, byAddress: 64, forProbes: 16),
        requests: RequestLimits(bodyBytes: 8 << 10), probes: ["/healthz", "/readyz"])

    /// - Throws: `ServingError` when it can't listen.
    public func run() async throws {
        var quiet = log
        quiet.logLevel = .error
        let log = log
        let application = Application(
            router: ObservationRoutes(watch: watch, registry: registry).router(),
            server: .guarded(ObservationService.guarding, log: log),
            configuration: ApplicationConfiguration(address: .hostname(host, port: Int(port))),
            onServerRunning: { channel in
                let address = channel.localAddress.map { "\($0.ipAddress ?? ""):\($0.port ?? 0)" } ?? ""
                log.info("serving health and metrics", metadata: ["address": "\(address)"])
            },
            logger: quiet)
        do {
            try await application.run()
        } catch {
            throw ServingError(error, host: host, port: port)
        }
    }
}
