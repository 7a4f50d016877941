/// What a setting is for, what it may be, and what it is when nobody sets it.
///
/// One table for everything that tells of settings: the flags' help, the checks, and the reference in the README.
public struct SettingDefinition: Hashable, Sendable {
    public let name: SettingName
    /// What stands for the value in help, such as `URL`.
    public let placeholder: String
    /// The default as it would be written; `nil` where the setting is absent by default.
    public let defaultText: String?
    /// What is allowed, as errors and the reference tell it.
    public let allowed: String
    public let help: String
    /// The value may carry a password, and is never shown as it is.
    public let isSecret: Bool

    private init(
        _ name: SettingName, _ placeholder: String, defaultText: String?, allowed: String, help: String,
        isSecret: Bool = false
    ) {
        self.name = name
        self.placeholder = placeholder
        self.defaultText = defaultText
        self.allowed = allowed
        self.help = help
        self.isSecret = isSecret
    }

    /// The definition of each setting, in the order of `SettingName`.
    public static let all: [SettingDefinition] = SettingName.allCases.map(definition)

    private static func definition(of name: SettingName) -> SettingDefinition {
        switch name {
        case .amqpURL, .amqpPrefix, .amqpSharded, .amqpConsoleUser, .amqpHeartbeat, .amqpAuthority, .amqpCertificate,
            .amqpKey:
            broker(name)
        case .storeURL:
            SettingDefinition(
                name, "URL", defaultText: "sqlite:refund-worker.sqlite",
                allowed: """
                    sqlite:PATH, or postgresql://USER:PASSWORD@HOST/DATABASE with any parameter of libpq; off this machine \
                    with sslmode=verify-full or a lower one that is named
                    """,
                help: "Where cases are kept: a file for one worker, or PostgreSQL for any number.", isSecret: true)
        case .storeIdentity:
            SettingDefinition(
                name, "IDENTITY", defaultText: nil, allowed: "32 digits of 0-9 a-f, as refund-worker doctor shows them",
                help: "Which store it must be; any other, or none, stops the worker (run and doctor).")
        case .policyFile:
            SettingDefinition(
                name, "FILE", defaultText: nil, allowed: "a readable file of at most 1 MiB",
                help: "The policy as YAML; without it the standard policy applies (see: refund-worker policy).")
        case .httpHost:
            SettingDefinition(
                name, "HOST", defaultText: "127.0.0.1", allowed: "an address or a host name",
                help: "The address at which health and metrics are served.")
        case .httpPort:
            SettingDefinition(
                name, "PORT", defaultText: nil, allowed: "an integer from 0 to 65535; 0 for any that is free",
                help: "The port at which health and metrics are served; without it they are not.")
        case .consoleSocket, .consoleHost, .consolePort, .consoleToken, .consoleProxies, .consoleWorkers: console(name)
        case .logLevel:
            SettingDefinition(
                name, "LEVEL", defaultText: "info",
                allowed: "one of " + LogLevel.allCases.map(\.rawValue).joined(separator: ", "),
                help: "What is logged: this level and above.")
        case .logFormat:
            SettingDefinition(
                name, "FORMAT", defaultText: "text", allowed: "text or json",
                help: "How a line of the log is written.")
        case .workerName, .workerLanes, .workerBatch, .workerLinger, .workerDrain, .workerParking, .workerParkingLimit,
            .workerParkingSize, .workerGiveBack:
            worker(name)
        }
    }

    private static func broker(_ name: SettingName) -> SettingDefinition {
        switch name {
        case .amqpPrefix:
            SettingDefinition(
                name, "TEXT", defaultText: "", allowed: "up to 64 of A-Z a-z 0-9 . _ : -",
                help: "What goes before the name of every exchange and queue.")
        case .amqpSharded:
            SettingDefinition(
                name, "BOOLEAN", defaultText: "false", allowed: "true or false",
                help: "This is one of several shards: a request must have its invoice's number in the header shard-key."
            )
        case .amqpConsoleUser:
            SettingDefinition(
                name, "USER", defaultText: BrokerSettings.standardConsoleUser,
                allowed: "a user of the broker, or empty",
                help: "The console's user, who signs for its persons; any other is shown beside the signature.")
        case .amqpHeartbeat:
            SettingDefinition(
                name, "DURATION", defaultText: "15s", allowed: "whole seconds from 1s to 10m",
                help: "How often broker and worker tell each other that they are there.")
        case .amqpAuthority:
            SettingDefinition(
                name, "FILE", defaultText: nil, allowed: "a readable PEM file",
                help: "The certificate authority that the broker's certificate must come from (amqps).")
        case .amqpCertificate:
            SettingDefinition(
                name, "FILE", defaultText: nil, allowed: "a readable PEM file, with amqp.tls.key",
                help: "The client certificate, with its chain.")
        case .amqpKey:
            SettingDefinition(
                name, "FILE", defaultText: nil, allowed: "a readable PEM file, with amqp.tls.certificate",
                help: "The client certificate's private key.")
        default:
            SettingDefinition(
                name, "URL", defaultText: "amqp://guest:guest@127.0.0.1:5672/",
                allowed: "amqp:// or amqps:// URLs, separated by commas (the nodes of one cluster)",
                help: "The broker; several nodes of one cluster are separated by commas.", isSecret: true)
        }
    }

    private static func console(_ name: SettingName) -> SettingDefinition {
        switch name {
        case .consoleSocket:
            SettingDefinition(
                name, "PATH", defaultText: nil,
                allowed: "a path of at most 107 bytes, in a directory that is this user's alone; without console.token",
                help: """
                    The socket at which the operators' page is served without a login; by default \
                    refund-worker/console.sock in XDG_RUNTIME_DIR, else in a directory of the user's own under /tmp.
                    """)
        case .consolePort:
            SettingDefinition(
                name, "PORT", defaultText: "8090",
                allowed: "an integer from 0 to 65535, 0 for any free one; with console.token",
                help: "The port of the operators' page.")
        case .consoleToken:
            SettingDefinition(
                name, "FILE", defaultText: nil, allowed: "a readable file of 16 to 4096 bytes",
                help: "The file whose text lets people in by a port; without it there is only the socket.")
        case .consoleProxies:
            SettingDefinition(
                name, "ADDRESS,…", defaultText: nil,
                allowed: "addresses or networks (10.0.0.0/8), separated by commas, at most 16; with console.token",
                help: "The proxies whose X-Forwarded-For and X-Forwarded-Proto the operators' page believes.")
        case .consoleWorkers:
            SettingDefinition(
                name, "HOST:PORT,…", defaultText: nil, allowed: "HOST:PORT, separated by commas, at most 64",
                help: "The workers' HTTP addresses, whose state the operators' page shows.")
        default:
            SettingDefinition(
                name, "HOST", defaultText: "127.0.0.1", allowed: "an address or a host name; with console.token",
                help: "Where the operators' page is served.")
        }
    }

    private static func worker(_ name: SettingName) -> SettingDefinition {
        switch name {
        case .workerName:
            SettingDefinition(
                name, "NAME", defaultText: nil, allowed: "1 to 64 of A-Z a-z 0-9 . _ : -",
                help: "How logs and /status call this worker; without it HOST-PID.")
        case .workerLanes:
            SettingDefinition(
                name, "COUNT", defaultText: "1",
                allowed: "an integer from 1 to 64; 1 with SQLite, which takes one writer",
                help: "How many batches are worked on side by side; each over eight may take 8 MiB more of memory.")
        case .workerBatch:
            SettingDefinition(
                name, "COUNT", defaultText: "512", allowed: "an integer from 1 to 2000",
                help: "How many messages one transaction takes at most.")
        case .workerLinger:
            SettingDefinition(
                name, "DURATION", defaultText: "0ms", allowed: "from 0ms to 1s",
                help: "How long a batch that is not full waits for more.")
        case .workerParking:
            SettingDefinition(
                name, "DURATION", defaultText: "2h", allowed: "from 0ms to 7d",
                help: "How long a message may wait for its request to come before it becomes a dead letter.")
        case .workerParkingLimit:
            SettingDefinition(
                name, "COUNT", defaultText: "10000", allowed: "an integer from 1 to 100000",
                help:
                    "How many messages may wait for their requests, on all workers of a store; the oldest over it are dead."
            )
        case .workerParkingSize:
            SettingDefinition(
                name, "MIB", defaultText: "64", allowed: "an integer of MiB from 1 to 10240",
                help: "How many MiB such messages may have in all; the oldest over it become dead letters.")
        case .workerGiveBack:
            SettingDefinition(
                name, "DURATION", defaultText: "10m", allowed: "from 1s to 25m",
                help: """
                    After how long without a store, or without a broker that takes messages, the broker gets back what was \
                    taken from it.
                    """)
        default:
            SettingDefinition(
                name, "DURATION", defaultText: "25s", allowed: "from 0ms to 10m",
                help: "How long SIGTERM waits for what was begun.")
        }
    }
}

extension SettingName {
    /// What the setting is for, and what it may be.
    public var definition: SettingDefinition {
        // The table has an entry for each case, in the order of the cases.
        SettingDefinition.all[SettingName.allCases.firstIndex(of: self) ?? 0]
    }
}
