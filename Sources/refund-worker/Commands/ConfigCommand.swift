import ArgumentParser
import RefundMessages
import RefundService

/// `refund-worker config`
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Show every setting, its value in force, and where that comes from.",
        discussion: """
            Flags come first, then the environment, then the file of --config, then the defaults. A URL that holds a \
            password can be given by a file of its own: REFUND_WORKER_AMQP_URL_FILE, or amqp: {url_file: …}, and the \
            same for store.url. Users and passwords are not shown. Exit code 2 when a setting is wrong.

            Example:
              REFUND_WORKER_WORKER_BATCH=100 refund-worker config --config worker.yaml
              refund-worker config --template > worker.yaml
            """, aliases: ["settings"])

    @OptionGroup var configuration: ConfigurationOptions
    @OptionGroup(title: "Broker") var broker: BrokerOptions
    @OptionGroup(title: "Store and policy") var store: StoreOptions
    @OptionGroup(title: "Store and policy") var policy: PolicyOptions
    @OptionGroup(title: "Worker") var worker: WorkerOptions
    @OptionGroup var output: OutputOptions
    @Flag(help: "Print the reference of all settings as a Markdown table.") var markdown = false
    @Flag(help: "Print a file of settings to start from, with all of them as comments.") var template = false

    func validate() throws {
        guard !(markdown && template) else { throw ValidationError("give --markdown or --template, not both") }
    }

    func run() throws {
        if markdown {
            Output.text(settingsReference())
            return
        }
        if template {
            Output.text(settingsTemplate())
            return
        }
        let flags = [broker.flags, store.flags, policy.flags, worker.flags]
        let settings = try configuration.overview(flags)
        for path in try configuration.read(flags).openSecrets {
            Output.problem(
                "warning: every user of the machine may read \(VisibleText.line(path)), which holds a secret; chmod 600"
            )
        }
        if output.isJSON {
            settings.forEach(json)
            return
        }
        var table = TextTable("SETTING", "VALUE", "FROM")
        for setting in settings {
            table.row(
                setting.definition.name.rawValue, setting.value.map { $0.isEmpty ? "(empty)" : $0 } ?? "(none)",
                setting.source.text)
        }
        table.lines.forEach(Output.line)
    }

    private func json(_ setting: ShownSetting) {
        Output.json { writer in
            writer.string("setting", setting.definition.name.rawValue)
            writer.string("value", ifPresent: setting.value)
            writer.string("kind", setting.source.kind)
            writer.string("source", setting.source.text)
            writer.string("environment", setting.definition.name.environmentVariable)
            writer.string("flag", "--\(setting.definition.name.flag)")
            if setting.definition.isSecret { writer.string("file_environment", setting.definition.name.fileVariable) }
            writer.string("default", ifPresent: setting.definition.defaultText)
            writer.string("allowed", setting.definition.allowed)
            writer.string("help", setting.definition.help)
        }
    }
}

extension SettingSource {
    fileprivate var text: String {
        if case .defaultValue = self { "default" } else { description }
    }
}
