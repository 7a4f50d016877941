import ArgumentParser
import RefundService

/// The flags that say how to reach the broker.
struct BrokerOptions: ParsableArguments {
    @Option(name: SettingName.amqpURL.flagName, help: SettingName.amqpURL.flagHelp) var url: String?
    @Option(name: SettingName.amqpPrefix.flagName, help: SettingName.amqpPrefix.flagHelp) var prefix: String?
    @Option(name: SettingName.amqpHeartbeat.flagName, help: SettingName.amqpHeartbeat.flagHelp) var heartbeat: String?
    @Option(name: SettingName.amqpAuthority.flagName, help: SettingName.amqpAuthority.flagHelp) var authority: String?
    @Option(name: SettingName.amqpCertificate.flagName, help: SettingName.amqpCertificate.flagHelp)
    var certificate: String?
    @Option(name: SettingName.amqpKey.flagName, help: SettingName.amqpKey.flagHelp) var key: String?

    var flags: [SettingName: String?] {
        [
            .amqpURL: url, .amqpPrefix: prefix, .amqpHeartbeat: heartbeat, .amqpAuthority: authority,
            .amqpCertificate: certificate, .amqpKey: key,
        ]
    }
}

/// The flag that says where cases are kept.
struct StoreOptions: ParsableArguments {
    @Option(name: SettingName.storeURL.flagName, help: SettingName.storeURL.flagHelp) var url: String?

    var flags: [SettingName: String?] { [.storeURL: url] }
}

/// The flag that says which store it must be.
struct StoreIdentityOptions: ParsableArguments {
    @Option(name: SettingName.storeIdentity.flagName, help: SettingName.storeIdentity.flagHelp) var identity: String?

    var flags: [SettingName: String?] { [.storeIdentity: identity] }
}

/// The flag that names the policy.
struct PolicyOptions: ParsableArguments {
    @Option(name: SettingName.policyFile.flagName, help: SettingName.policyFile.flagHelp, completion: .file())
    var file: String?

    var flags: [SettingName: String?] { [.policyFile: file] }
}

/// The flags of the worker itself.
struct WorkerOptions: ParsableArguments {
    @Option(name: SettingName.amqpSharded.flagName, help: SettingName.amqpSharded.flagHelp) var sharded: String?
    @Option(name: SettingName.amqpConsoleUser.flagName, help: SettingName.amqpConsoleUser.flagHelp)
    var consoleUser: String?
    @Option(name: SettingName.httpHost.flagName, help: SettingName.httpHost.flagHelp) var host: String?
    @Option(name: SettingName.httpPort.flagName, help: SettingName.httpPort.flagHelp) var port: String?
    @Option(name: SettingName.logLevel.flagName, help: SettingName.logLevel.flagHelp) var level: String?
    @Option(name: SettingName.logFormat.flagName, help: SettingName.logFormat.flagHelp) var format: String?
    @Option(name: SettingName.workerName.flagName, help: SettingName.workerName.flagHelp) var name: String?
    @Option(name: SettingName.workerLanes.flagName, help: SettingName.workerLanes.flagHelp) var lanes: String?
    @Option(name: SettingName.workerBatch.flagName, help: SettingName.workerBatch.flagHelp) var batch: String?
    @Option(name: SettingName.workerLinger.flagName, help: SettingName.workerLinger.flagHelp) var linger: String?
    @Option(name: SettingName.workerDrain.flagName, help: SettingName.workerDrain.flagHelp) var drain: String?
    @Option(name: SettingName.workerParking.flagName, help: SettingName.workerParking.flagHelp) var parking: String?
    @Option(name: SettingName.workerParkingLimit.flagName, help: SettingName.workerParkingLimit.flagHelp)
    var parkingLimit: String?
    @Option(name: SettingName.workerParkingSize.flagName, help: SettingName.workerParkingSize.flagHelp)
    var parkingSize: String?
    @Option(name: SettingName.workerGiveBack.flagName, help: SettingName.workerGiveBack.flagHelp) var giveBack: String?

    var flags: [SettingName: String?] {
        [
            .amqpSharded: sharded, .amqpConsoleUser: consoleUser, .httpHost: host, .httpPort: port, .logLevel: level,
            .logFormat: format,
            .workerName: name, .workerLanes: lanes, .workerBatch: batch, .workerLinger: linger, .workerDrain: drain,
            .workerParking: parking, .workerParkingLimit: parkingLimit, .workerParkingSize: parkingSize,
            .workerGiveBack: giveBack,
        ]
    }
}

/// How much of a list to print.
struct PageOptions: ParsableArguments {
    @Option(help: ArgumentHelp("How many at most, 1 to 100000.", valueName: "N")) var limit = 50

    func validate() throws {
        guard (1...100_000).contains(limit) else { throw ValidationError("--limit must be 1 to 100000") }
    }
}

/// The choice between text for people and JSON for programs.
struct OutputOptions: ParsableArguments {
    @Flag(name: .customLong("json"), help: "Print JSON, one object a line.") var isJSON = false
}
