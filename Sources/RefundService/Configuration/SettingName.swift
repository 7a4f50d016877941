/// Every setting, by its one name (contract § 6): `amqp.url` is the flag `--amqp-url`, the environment variable
/// `REFUND_WORKER_AMQP_URL`, and `amqp: {url: …}` in the file.
public enum SettingName: String, Hashable, Sendable, CaseIterable {
    case amqpURL = "amqp.url"
    case amqpPrefix = "amqp.prefix"
    case amqpSharded = "amqp.sharded"
    case amqpConsoleUser = "amqp.console_user"
    case amqpHeartbeat = "amqp.heartbeat"
    case amqpAuthority = "amqp.tls.ca"
    case amqpCertificate = "amqp.tls.certificate"
    case amqpKey = "amqp.tls.key"
    case storeURL = "store.url"
    case storeIdentity = "store.identity"
    case policyFile = "policy.file"
    case httpHost = "http.host"
    case httpPort = "http.port"
    case consoleSocket = "console.socket"
    case consoleHost = "console.host"
    case consolePort = "console.port"
    case consoleToken = "console.token"
    case consoleProxies = "console.proxies"
    case consoleWorkers = "console.workers"
    case logLevel = "log.level"
    case logFormat = "log.format"
    case workerName = "worker.name"
    case workerLanes = "worker.lanes"
    case workerBatch = "worker.batch"
    case workerLinger = "worker.linger"
    case workerDrain = "worker.drain"
    case workerParking = "worker.parking"
    case workerParkingLimit = "worker.parking_limit"
    case workerParkingSize = "worker.parking_size"
    case workerGiveBack = "worker.give_back"

    /// What every environment variable of the worker starts with.
    public static let environmentPrefix = "REFUND_WORKER_"
    /// The environment variable that names the configuration file where `--config` does not.
    public static let configurationVariable = "REFUND_WORKER_CONFIG"

    /// The name's parts, as the file nests them.
    public var components: [String] {
        rawValue.split(separator: ".").map(String.init)
    }

    /// The flag without its dashes, such as `amqp-url`.
    public var flag: String {
        components.joined(separator: "-")
    }

    /// Such as `REFUND_WORKER_AMQP_URL`.
    public var environmentVariable: String {
        SettingName.environmentPrefix + components.map { $0.uppercased() }.joined(separator: "_")
    }

    /// The environment variable that names a file with the value, for settings that may hold a password.
    public var fileVariable: String { environmentVariable + "_FILE" }

    /// The same in the configuration file, such as `amqp.url_file`.
    public var fileKey: String { rawValue + "_file" }

    /// The settings that may hold a password, and so be given by a file.
    static var secrets: [SettingName] { allCases.filter(\.definition.isSecret) }
}
