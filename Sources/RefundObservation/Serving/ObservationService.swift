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

    /// What one connection may cost. Whoever scrapes needs one, and asks again on it; health checks bring a new one each.
    enum Limits {
        static let connections = 64
        static let headerBytes = 8 << 10
        static let headers = 64
        /// Between two requests on a connection, and for a request's head to come.
        static let idle = TimeAmount.seconds(30)
        /// For a connection in all, so that none is held by dripping.
        static let connectionAge = TimeAmount.minutes(10)
    }

    /// - Throws: `ServingError` when it can't listen.
    public func run() async throws {
        var quiet = log
        quiet.logLevel = .error
        let channel = HTTP1Channel.Configuration(
            additionalChannelHandlers: [ConnectionAgeLimit(Limits.connectionAge)], idleTimeout: Limits.idle,
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: Limits.headerBytes, maxHeaderListSize: Limits.headerBytes,
                maxHeaderFieldCount: Limits.headers))
        let log = log
        let application = Application(
            router: ObservationRoutes(watch: watch, registry: registry).router(),
            server: .http1(configuration: channel),
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: Int(port)), backlog: Limits.connections,
                availableConnectionsDelegate: MaximumAvailableConnections(Limits.connections, logger: quiet)),
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

/// Closes a connection once it is that old.
private final class ConnectionAgeLimit: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    private let limit: TimeAmount
    private var closing: Scheduled<Void>?

    init(_ limit: TimeAmount) {
        self.limit = limit
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let channel = context.channel
        closing = context.eventLoop.scheduleTask(in: limit) { channel.close(promise: nil) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        closing?.cancel()
        context.fireChannelInactive()
    }
}
