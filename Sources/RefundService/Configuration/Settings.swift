public import AMQPClient
public import PostgresStore
public import RefundWorker

/// The settings in force, read and checked.
public struct Settings: Hashable, Sendable {
    public var amqp: BrokerSettings
    public var store: StoreLocation
    /// Which store must be there; `nil` for any.
    public var storeIdentity: StoreIdentity?
    /// The policy's file; `nil` for the standard policy.
    public var policyFile: String?
    public var http: HTTPSettings
    public var console: ConsoleSettings
    public var log: LogSettings
    public var worker: WorkerSettings
    /// The files that hold a secret, such as a URL with its password, and that every user of the machine may read.
    public var openSecrets: [String]

    public init(
        amqp: BrokerSettings, store: StoreLocation, policyFile: String?, http: HTTPSettings,
        console: ConsoleSettings, log: LogSettings, worker: WorkerSettings, openSecrets: [String] = [],
        storeIdentity: StoreIdentity? = nil
    ) {
        self.amqp = amqp
        self.store = store
        self.policyFile = policyFile
        self.http = http
        self.console = console
        self.log = log
        self.worker = worker
        self.openSecrets = openSecrets
        self.storeIdentity = storeIdentity
    }
}

/// How to reach the broker.
public struct BrokerSettings: Hashable, Sendable {
    /// The nodes of one cluster, at least one; the first that answers is taken.
    public var nodes: [Endpoint]
    /// What goes before the name of every exchange and queue; empty for nothing.
    public var prefix: String
    /// One of several shards: a request that does not say by which invoice it was distributed is refused.
    public var isSharded: Bool
    /// The broker's user whom the console logs in as: it signs for the persons who use it. Empty for none.
    public var consoleUser: String
    /// Whole seconds, 1 s to 10 min.
    public var heartbeat: Duration
    public var tls: TLSOptions

    public init(
        nodes: [Endpoint], prefix: String, isSharded: Bool = false, consoleUser: String = standardConsoleUser,
        heartbeat: Duration, tls: TLSOptions
    ) {
        self.nodes = nodes
        self.prefix = prefix
        self.isSharded = isSharded
        self.consoleUser = consoleUser
        self.heartbeat = heartbeat
        self.tls = tls
    }
}

extension BrokerSettings {
    /// As `deploy/rabbitmq/definitions.json` has it.
    public static let standardConsoleUser = "refund-console"
}

/// Where cases are kept.
public enum StoreLocation: Hashable, Sendable {
    /// A file of this machine, for one worker.
    case sqlite(path: String)
    /// A database that any number of workers share.
    case postgresql(PostgresLocation)
}

extension StoreLocation: CustomStringConvertible {
    /// As the setting is written, without credentials.
    public var description: String {
        switch self {
        case .sqlite(let path): "sqlite:\(path)"
        case .postgresql(let location): "\(location)"
        }
    }
}

/// Where health and metrics are served.
public struct HTTPSettings: Hashable, Sendable {
    public var host: String
    /// 0 for any that is free; `nil` when nothing is to be served.
    public var port: UInt16?

    public init(host: String, port: UInt16?) {
        self.host = host
        self.port = port
    }
}

/// What is logged, and how.
public struct LogSettings: Hashable, Sendable {
    public var level: LogLevel
    public var format: LogFormat

    public init(level: LogLevel, format: LogFormat) {
        self.level = level
        self.format = format
    }
}

/// The levels of the log, from the most talkative.
public enum LogLevel: String, Hashable, Sendable, CaseIterable {
    case trace, debug, info, notice, warning, error, critical
}

/// How a line of the log is written.
public enum LogFormat: String, Hashable, Sendable, CaseIterable {
    case text, json
}

/// How the worker works.
public struct WorkerSettings: Hashable, Sendable {
    /// How logs and `/status` call it; `nil` for the host's name and the process id.
    public var name: String?
    /// Batches side by side, 1...64; with SQLite 1.
    public var lanes: Int
    /// Messages in one transaction, 1...2000.
    public var batch: Int
    /// How long a batch that is not full waits for more, 0...1 s.
    public var linger: Duration
    /// How long SIGTERM waits for what was begun, 0...10 min.
    public var drain: Duration
    /// How long a message may wait for its request, 0...7 days.
    public var parking: Duration
    /// Messages that may wait for their requests, 1...100,000.
    public var parkingLimit: Int
    /// Their bytes, 1 MiB...10 GiB.
    public var parkingBytes: Int
    /// How long deliveries are held that can't be finished, 1 s...25 min.
    public var giveBack: Duration

    public init(
        name: String?, lanes: Int, batch: Int, linger: Duration, drain: Duration, parking: Duration,
        parkingLimit: Int = 10_000, parkingBytes: Int = 64 << 20,
        giveBack: Duration = .seconds(600)
    ) {
        self.name = name
        self.lanes = lanes
        self.batch = batch
        self.linger = linger
        self.drain = drain
        self.parking = parking
        self.parkingLimit = parkingLimit
        self.parkingBytes = parkingBytes
        self.giveBack = giveBack
    }
}
