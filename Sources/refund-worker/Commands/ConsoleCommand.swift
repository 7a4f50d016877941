import ArgumentParser
import RefundConsole
import RefundService

/// `refund-worker console`
struct ConsoleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "console", abstract: "Serve the operators' page until SIGTERM.",
        discussion: """
            Shows what goes on, what is due and what waits for a person; what people decide there is sent as the contract's \
            messages, as `cases review`, `cases retry`, `cases withdraw` and `dead` do. It runs beside the workers, reads \
            the store only, and serves its own machine unless --console-token names a file whose text lets people in. \
            Beyond loopback, put it behind a server that speaks TLS.

            Example:
              refund-worker console
              refund-worker console --console-host 10.0.0.7 --console-token /etc/refund-worker/console-token --read-only
            """)

    @Flag(name: .customLong("read-only"), help: "Change nothing: only show.") var isReadOnly = false
    @OptionGroup var configuration: ConfigurationOptions
    @OptionGroup(title: "Console") var console: ConsoleOptions
    @OptionGroup(title: "Broker") var broker: BrokerOptions
    @OptionGroup(title: "Store and policy") var store: StoreOptions
    @OptionGroup(title: "Store and policy") var policy: PolicyOptions

    func run() async throws {
        let settings = try configuration.read(console.flags, broker.flags, store.flags, policy.flags)
        try await Console.run(settings, isReadOnly: isReadOnly) { address in
            Output.line("the operators' page: \(address)")
        }
    }
}

/// The flags of the operators' page.
struct ConsoleOptions: ParsableArguments {
    @Option(name: SettingName.consoleHost.flagName, help: SettingName.consoleHost.flagHelp) var host: String?
    @Option(name: SettingName.consolePort.flagName, help: SettingName.consolePort.flagHelp) var port: String?
    @Option(name: SettingName.consoleToken.flagName, help: SettingName.consoleToken.flagHelp) var token: String?
    @Option(name: SettingName.consoleWorkers.flagName, help: SettingName.consoleWorkers.flagHelp) var workers: String?
    @Option(name: SettingName.logLevel.flagName, help: SettingName.logLevel.flagHelp) var level: String?
    @Option(name: SettingName.logFormat.flagName, help: SettingName.logFormat.flagHelp) var format: String?

    var flags: [SettingName: String?] {
        [
            .consoleHost: host, .consolePort: port, .consoleToken: token, .consoleWorkers: workers, .logLevel: level,
            .logFormat: format,
        ]
    }
}
