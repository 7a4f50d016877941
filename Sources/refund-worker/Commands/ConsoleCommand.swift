import ArgumentParser
import RefundConsole
import RefundService

/// `refund-worker console`
struct ConsoleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "console", abstract: "Serve the operators' page until SIGTERM.",
        discussion: """
            Shows what goes on, what is due and what waits for a person; what people decide there is sent as the contract's \
            messages, as `cases review`, `cases retry` and `dead` do. It runs beside the workers and reads the store only.

            Everybody on a machine reaches its ports. So without --console-token it is served at a socket that only this \
            user can open; ssh brings it to your browser. With a token it is served at a port, and asks for it. Beyond \
            loopback, put it behind a proxy that speaks TLS, and name that by --console-proxies.

            Example:
              refund-worker console
              ssh -N -L 8090:/run/user/1000/refund-worker/console.sock me@the-host     # then http://127.0.0.1:8090/

              (umask 077; head -c 32 /dev/urandom | base64 > console-token)
              refund-worker console --console-token console-token --read-only
            """)

    @Flag(name: .customLong("read-only"), help: "Change nothing: only show.") var isReadOnly = false
    @OptionGroup var configuration: ConfigurationOptions
    @OptionGroup(title: "Console") var console: ConsoleOptions
    @OptionGroup(title: "Broker") var broker: BrokerOptions
    @OptionGroup(title: "Store and policy") var store: StoreOptions
    @OptionGroup(title: "Store and policy") var policy: PolicyOptions

    func run() async throws {
        let origin = configuration.origin(console.flags, broker.flags, store.flags, policy.flags)
        try await Console.run(try origin.read(), from: origin, isReadOnly: isReadOnly) { place in
            switch place {
            case .port(let address): Output.line("the operators' page: \(address)")
            case .socket(let path):
                Output.line("the operators' page: \(path)")
                Output.line("  from your machine: ssh -N -L 8090:\(path) USER@THIS-HOST, then http://127.0.0.1:8090/")
                Output.line("  in a browser of this machine: make a token, see refund-worker console --help")
            }
        }
    }
}

/// The flags of the operators' page.
struct ConsoleOptions: ParsableArguments {
    @Option(name: SettingName.consoleSocket.flagName, help: SettingName.consoleSocket.flagHelp) var socket: String?
    @Option(name: SettingName.consoleHost.flagName, help: SettingName.consoleHost.flagHelp) var host: String?
    @Option(name: SettingName.consolePort.flagName, help: SettingName.consolePort.flagHelp) var port: String?
    @Option(name: SettingName.consoleToken.flagName, help: SettingName.consoleToken.flagHelp) var token: String?
    @Option(name: SettingName.consoleProxies.flagName, help: SettingName.consoleProxies.flagHelp) var proxies: String?
    @Option(name: SettingName.consoleWorkers.flagName, help: SettingName.consoleWorkers.flagHelp) var workers: String?
    @Option(name: SettingName.logLevel.flagName, help: SettingName.logLevel.flagHelp) var level: String?
    @Option(name: SettingName.logFormat.flagName, help: SettingName.logFormat.flagHelp) var format: String?

    var flags: [SettingName: String?] {
        [
            .consoleSocket: socket, .consoleHost: host, .consolePort: port, .consoleToken: token,
            .consoleProxies: proxies, .consoleWorkers: workers, .logLevel: level, .logFormat: format,
        ]
    }
}
