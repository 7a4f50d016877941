import Configuration

/// Where values come from, the first that has one wins: flags, the environment, the file, the default (contract § 6).
struct SettingSources {
    private let flags: InMemoryProvider
    private let environment: KeyMappingProvider<EnvironmentVariablesProvider>
    private let file: ConfigurationFile?

    /// - Throws: `SettingsError` for a file that can't be read, and for variables that are no setting.
    init(flags: [SettingName: String], environment: [String: String], file: String?) throws(SettingsError) {
        var problems = SettingSources.unknownVariables(environment)
        var values: [AbsoluteConfigKey: ConfigValue] = [:]
        for (name, text) in flags {
            values[AbsoluteConfigKey(name.components)] = ConfigValue(.string(text), isSecret: name.definition.isSecret)
        }
        self.flags = InMemoryProvider(name: "flags", values: values)
        self.environment = EnvironmentVariablesProvider(
            environmentVariables: environment,
            secretsSpecifier: .specific(
                Set(SettingName.allCases.filter(\.definition.isSecret).map(\.environmentVariable)))
        ).prefixKeys(with: ConfigKey(["refund", "worker"]))
        var read: ConfigurationFile?
        do throws(SettingsError) {
            let path = file ?? environment[SettingName.configurationVariable]
            read = try path.map { path throws(SettingsError) in try ConfigurationFile(path: path) }
        } catch {
            problems += error.problems
        }
        self.file = read
        guard problems.isEmpty else { throw SettingsError(problems: problems) }
    }

    /// A setting's value and where it came from.
    func value(of name: SettingName) -> SourcedValue? {
        let key = AbsoluteConfigKey(name.components)
        if let text = text(flags, key) { return SourcedValue(text: text, source: .flag(name)) }
        if let text = text(environment, key) { return SourcedValue(text: text, source: .environment(name)) }
        if let file, let text = text(file.provider, key) {
            return SourcedValue(text: text, source: .file(path: file.path, line: file.lines[name] ?? 1, name))
        }
        return name.definition.defaultText.map { SourcedValue(text: $0, source: .defaultValue(name)) }
    }

    /// Every source holds texts alone, so that asking for a text can't fail.
    private func text(_ provider: some ConfigProvider, _ key: AbsoluteConfigKey) -> String? {
        guard let value = try? provider.value(forKey: key, type: .string).value, case .string(let text) = value.content
        else { return nil }
        return text
    }

    private static func unknownVariables(_ environment: [String: String]) -> [String] {
        let known = SettingName.allCases.map(\.environmentVariable) + [SettingName.configurationVariable]
        let unknown = environment.keys.filter { $0.hasPrefix(SettingName.environmentPrefix) && !known.contains($0) }
        return unknown.sorted().map { variable in
            let nearest = nearestName(to: variable, among: known)
            return "environment variable \(variable): there is no such setting; "
                + (nearest.map { "did you mean \($0)?" } ?? "see refund-worker settings for those there are")
        }
    }
}

/// A value as it was written, and where.
struct SourcedValue {
    let text: String
    let source: SettingSource
}

/// Where a value was written.
public enum SettingSource: Hashable, Sendable, CustomStringConvertible {
    case flag(SettingName)
    case environment(SettingName)
    case file(path: String, line: Int, SettingName)
    case defaultValue(SettingName)

    /// Such as `--amqp-url`, `environment variable REFUND_WORKER_AMQP_URL`, `worker.yaml:3: amqp.url`.
    public var description: String {
        switch self {
        case .flag(let name): "--\(name.flag)"
        case .environment(let name): "environment variable \(name.environmentVariable)"
        case .file(let path, let line, let name): "\(path):\(line): \(name.rawValue)"
        case .defaultValue(let name): "the default of \(name.rawValue)"
        }
    }
}
