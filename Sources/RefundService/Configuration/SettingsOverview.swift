import AMQPClient

/// A setting with its value in force and its source, fit for showing: secrets are masked.
public struct ShownSetting: Hashable, Sendable {
    public let definition: SettingDefinition
    /// `nil` where the setting is absent.
    public let value: String?
    public let source: SettingSource
}

extension Settings {
    /// All settings as they are in force, for people to look at.
    ///
    /// - Throws: `SettingsError` as `read` does.
    public static func overview(
        flags: [SettingName: String] = [:], configurationFile: String? = nil, environment: [String: String]
    ) throws(SettingsError) -> [ShownSetting] {
        let settings = try read(flags: flags, configurationFile: configurationFile, environment: environment)
        let sources = try SettingSources(flags: flags, environment: environment, file: configurationFile)
        return SettingDefinition.all.map { definition in
            let value = sources.value(of: definition.name)
            let text =
                switch definition.name {
                case .amqpURL: settings.amqp.shownNodes
                case .storeURL: "\(settings.store)"
                default: definition.isSecret ? nil : value?.text
                }
            return ShownSetting(
                definition: definition, value: text, source: value?.source ?? .defaultValue(definition.name))
        }
    }
}

extension BrokerSettings {
    /// The nodes without users and passwords.
    fileprivate var shownNodes: String {
        nodes.map { node in
            let host = node.virtualHost == "/" ? "" : "/" + node.virtualHost.replacing("/", with: "%2F")
            return "\(node.isTLS ? "amqps" : "amqp")://\(node.address)\(host)"
        }.joined(separator: ",")
    }
}

/// The reference of all settings as a Markdown table, for the README.
public func settingsReference() -> String {
    var lines = ["| setting | default | allowed | what it does |", "| --- | --- | --- | --- |"]
    for definition in SettingDefinition.all {
        let standard = definition.defaultText.map { $0.isEmpty ? "(empty)" : "`\($0)`" } ?? "(none)"
        lines.append("| `\(definition.name.rawValue)` | \(standard) | \(definition.allowed) | \(definition.help) |")
    }
    return lines.joined(separator: "\n") + "\n"
}
