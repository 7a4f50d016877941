import ArgumentParser
import RefundMessages
import RefundService

/// `refund-worker settings`
struct SettingsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "settings", abstract: "Show every setting, its value in force, and where that comes from.",
        discussion: """
            Flags come first, then the environment, then the file, then the defaults. Users and passwords are not shown.

            Example:
              REFUND_WORKER_WORKER_BATCH=100 refund-worker settings --config worker.yaml
              refund-worker settings --template > worker.yaml
            """)

    @OptionGroup var configuration: ConfigurationOptions
    @OptionGroup var output: OutputOptions
    @Flag(help: "Print the reference of all settings as a Markdown table.") var markdown = false
    @Flag(help: "Print a file of settings to start from, with all of them as comments.") var template = false

    func validate() throws {
        guard !(markdown && template) else { throw ValidationError("give --markdown or --template, not both") }
    }

    func run() throws {
        if markdown {
            Output.line(trimmedEnd(settingsReference()))
            return
        }
        if template {
            Output.line(trimmedEnd(settingsTemplate()))
            return
        }
        let settings = try configuration.overview()
        if output.isJSON {
            for setting in settings { json(setting) }
            return
        }
        var table = TextTable("SETTING", "VALUE", "FROM", "ALLOWED")
        for setting in settings {
            let source = if case .defaultValue = setting.source { "default" } else { "\(setting.source)" }
            table.row(
                setting.definition.name.rawValue, setting.value.map { $0.isEmpty ? "(empty)" : $0 } ?? "(none)", source,
                setting.definition.allowed)
        }
        table.lines.forEach(Output.line)
    }

    private func json(_ setting: ShownSetting) {
        Output.json { writer in
            writer.string("setting", setting.definition.name.rawValue)
            writer.string("value", ifPresent: setting.value)
            if case .defaultValue = setting.source {
                writer.string("source", "default")
            } else {
                writer.string("source", "\(setting.source)")
            }
            writer.string("environment", setting.definition.name.environmentVariable)
            writer.string("flag", "--\(setting.definition.name.flag)")
            writer.string("default", ifPresent: setting.definition.defaultText)
            writer.string("allowed", setting.definition.allowed)
            writer.string("help", setting.definition.help)
        }
    }
}
