import Configuration
import Glibc

/// Where values come from, the first that has one wins: flags, the environment, the file, the default (contract § 6).
struct SettingSources {
    private let flags: InMemoryProvider
    private let environment: KeyMappingProvider<EnvironmentVariablesProvider>
    private let file: ConfigurationFile?
    /// The values that files of their own hold, by what names those files.
    private let environmentSecrets: [SettingName: SecretFile]
    private let fileSecrets: [SettingName: SecretFile]
    /// Where the operators' page is served unless something is said of it: a place that is this user's alone.
    let defaultSocket: String

    /// - Throws: `SettingsError` for a file that can't be read, and for variables that are no setting.
    init(flags: [SettingName: String], environment: [String: String], file: String?) throws(SettingsError) {
        var problems = SettingSources.unknownVariables(environment)
        var values: [AbsoluteConfigKey: ConfigValue] = [:]
        for (name, text) in flags {
            values[AbsoluteConfigKey(name.components)] = ConfigValue(.string(text), isSecret: name.definition.isSecret)
        }
        self.flags = InMemoryProvider(name: "flags", values: values)
        let own = environment["XDG_RUNTIME_DIR"].flatMap { $0.hasPrefix("/") ? "\($0)/refund-worker" : nil }
        defaultSocket = (own ?? "/tmp/refund-worker-\(getuid())") + "/console.sock"
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
        environmentSecrets = SettingSources.environmentSecrets(environment, &problems)
        fileSecrets = SettingSources.fileSecrets(read, &problems)
        guard problems.isEmpty else { throw SettingsError(problems: problems) }
    }

    /// A setting's value and where it came from.
    func value(of name: SettingName) -> SourcedValue? {
        let key = AbsoluteConfigKey(name.components)
        if let text = text(flags, key) { return SourcedValue(text: text, source: .flag(name)) }
        if let text = text(environment, key) { return SourcedValue(text: text, source: .environment(name)) }
        if let secret = environmentSecrets[name] {
            return SourcedValue(text: secret.text, source: .environmentFile(name, path: secret.path))
        }
        if let file, let secret = fileSecrets[name] {
            let place = SettingSource.Place(path: file.path, line: file.lines[name] ?? 1)
            return SourcedValue(text: secret.text, source: .secretFile(place, name, path: secret.path))
        }
        if let file, let text = text(file.provider, key) {
            return SourcedValue(text: text, source: .file(path: file.path, line: file.lines[name] ?? 1, name))
        }
        return name.definition.defaultText.map { SourcedValue(text: $0, source: .defaultValue(name)) }
    }

    /// The files that hold a secret and that every user of the machine may read.
    var openSecrets: [String] {
        var paths: [String] = []
        for name in SettingName.secrets {
            paths += [environmentSecrets[name], fileSecrets[name]].compactMap { $0 }.filter(\.isOpen).map(\.path)
        }
        let holdsSecret = SettingName.secrets.contains { file?.lines[$0] != nil && file?.secretFiles[$0] == nil }
        if let file, holdsSecret, SecretFile.isOpen(file.path) { paths.append(file.path) }
        return paths
    }

    private static func environmentSecrets(
        _ environment: [String: String], _ problems: inout [String]
    ) -> [SettingName: SecretFile] {
        var secrets: [SettingName: SecretFile] = [:]
        for name in SettingName.secrets {
            guard let path = environment[name.fileVariable] else { continue }
            let place = "environment variable \(name.fileVariable) (\(name.rawValue))"
            if environment[name.environmentVariable] != nil {
                problems.append("\(place): \(name.environmentVariable) is set as well; keep one of the two")
            }
            secrets[name] = secret(path, namedBy: place, &problems)
        }
        return secrets
    }

    private static func fileSecrets(
        _ file: ConfigurationFile?, _ problems: inout [String]
    ) -> [SettingName: SecretFile] {
        var secrets: [SettingName: SecretFile] = [:]
        for name in SettingName.secrets {
            guard let file, let path = file.secretFiles[name] else { continue }
            let place = "\(file.path):\(file.lines[name] ?? 1): \(name.fileKey)"
            secrets[name] = secret(path, namedBy: place, &problems)
        }
        return secrets
    }

    private static func secret(
        _ path: String, namedBy place: String, _ problems: inout [String]
    ) -> SecretFile? {
        do throws(SettingsError) {
            return try SecretFile(path: path, namedBy: place)
        } catch {
            problems += error.problems
            return nil
        }
    }

    /// Every source holds texts alone, so that asking for a text can't fail.
    private func text(_ provider: some ConfigProvider, _ key: AbsoluteConfigKey) -> String? {
        guard let value = try? provider.value(forKey: key, type: .string).value, case .string(let text) = value.content
        else { return nil }
        return text
    }

    private static func unknownVariables(_ environment: [String: String]) -> [String] {
        let known =
            SettingName.allCases.map(\.environmentVariable) + SettingName.secrets.map(\.fileVariable)
            + [SettingName.configurationVariable]
        let unknown = environment.keys.filter { $0.hasPrefix(SettingName.environmentPrefix) && !known.contains($0) }
        return unknown.sorted().map { variable in
            let nearest = nearestName(to: variable, among: known)
            return "environment variable \(variable): there is no such setting; "
                + (nearest.map { "did you mean \($0)?" } ?? "see refund-worker config for those there are")
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
    /// A file that the environment names.
    case environmentFile(SettingName, path: String)
    case file(path: String, line: Int, SettingName)
    /// A file that the configuration file names.
    case secretFile(Place, SettingName, path: String)
    case defaultValue(SettingName)

    /// A line of the configuration file.
    public struct Place: Hashable, Sendable {
        public let path: String
        /// From 1.
        public let line: Int
    }

    /// Which kind it is: `flag`, `environment`, `file` or `default`.
    public var kind: String {
        switch self {
        case .flag: "flag"
        case .environment, .environmentFile: "environment"
        case .file, .secretFile: "file"
        case .defaultValue: "default"
        }
    }

    /// Such as `--amqp-url`, `environment variable REFUND_WORKER_AMQP_URL`, `worker.yaml:3: amqp.url`.
    public var description: String {
        switch self {
        case .flag(let name): "--\(name.flag)"
        case .environment(let name): "environment variable \(name.environmentVariable)"
        case .environmentFile(let name, let path): "environment variable \(name.fileVariable): \(path)"
        case .secretFile(let place, let name, let path): "\(place.path):\(place.line): \(name.fileKey): \(path)"
        case .file(let path, let line, let name): "\(path):\(line): \(name.rawValue)"
        case .defaultValue(let name): "the default of \(name.rawValue)"
        }
    }
}
