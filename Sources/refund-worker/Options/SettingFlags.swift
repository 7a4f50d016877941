import ArgumentParser
import Foundation
import RefundService

/// The file of settings.
struct ConfigurationOptions: ParsableArguments {
    @Option(
        name: .customLong("config"),
        help: ArgumentHelp(
            "The YAML file of settings (environment: \(SettingName.configurationVariable)).", valueName: "FILE"),
        completion: .file(extensions: ["yaml", "yml"]))
    var file: String?

    /// Reads all settings, with these flags before anything else.
    func read(_ flags: [SettingName: String?]...) throws -> Settings {
        try read(flags)
    }

    func read(_ flags: [[SettingName: String?]]) throws -> Settings {
        try origin(flags).read()
    }

    /// Where all settings come from, for a command that runs so long that they may change.
    func origin(_ flags: [SettingName: String?]...) -> SettingsOrigin {
        origin(flags)
    }

    private func origin(_ flags: [[SettingName: String?]]) -> SettingsOrigin {
        SettingsOrigin(
            flags: merged(flags), configurationFile: file, environment: ProcessInfo.processInfo.environment)
    }

    /// All settings with their values and sources, secrets masked.
    func overview(_ flags: [[SettingName: String?]]) throws -> [ShownSetting] {
        try Settings.overview(
            flags: merged(flags), configurationFile: file, environment: ProcessInfo.processInfo.environment)
    }

    private func merged(_ flags: [[SettingName: String?]]) -> [SettingName: String] {
        var merged: [SettingName: String] = [:]
        for group in flags { merged.merge(group.compactMapValues(\.self)) { first, _ in first } }
        return merged
    }
}

extension SettingName {
    /// The setting's flag, as ArgumentParser wants it.
    var flagName: NameSpecification { .customLong(flag) }

    /// The setting's help, from the one table.
    var flagHelp: ArgumentHelp {
        let standard = definition.defaultText.map { " (default: \($0.isEmpty ? "none" : $0))" } ?? ""
        return ArgumentHelp("\(definition.help)\(standard)", valueName: definition.placeholder)
    }
}
