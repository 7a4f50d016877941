import Configuration
import Yams

/// The YAML file of settings: each known setting with its value and its line.
struct ConfigurationFile {
    let path: String
    /// Where each setting stands, by line from 1.
    let lines: [SettingName: Int]
    /// The settings whose value is in a file of its own (`amqp: {url_file: …}`), by that file's path.
    let secretFiles: [SettingName: String]
    let provider: InMemoryProvider

    /// How large the file may be.
    static let maximumSize = 1_048_576

    /// Reads what the file says.
    ///
    /// - Throws: `SettingsError` when it can't be read, is not YAML, or names what is no setting.
    init(path: String) throws(SettingsError) {
        let text = try readText(path, limit: ConfigurationFile.maximumSize, what: "the configuration file")
        try self.init(text: text, path: path)
    }

    init(text: String, path: String) throws(SettingsError) {
        let root: Node?
        do {
            root = try Parser(yaml: text).singleRoot()
        } catch {
            throw SettingsError(problems: [ConfigurationFile.problem(error, path: path)])
        }
        var walk = SettingsWalk(path: path)
        // An empty file, or one of comments alone, sets nothing.
        if let root, root.scalar?.string.isEmpty != true { walk.visit(root, below: [], line: root.mark?.line ?? 1) }
        guard walk.problems.isEmpty else { throw SettingsError(problems: walk.problems) }
        self.path = path
        lines = walk.lines
        secretFiles = walk.secretFiles
        provider = InMemoryProvider(name: path, values: walk.values)
    }

    /// The parser's complaint with its line, and without the file's text, which may hold a password.
    private static func problem(_ error: any Error, path: String) -> String {
        switch error {
        case YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _),
            YamlError.composer(_, let problem, let mark, _):
            "\(path):\(mark.line): not YAML: \(problem); mend that line"
        case YamlError.duplicatedKeysInMapping(let names, let context):
            "\(path):\(context.mark.line): \(known(names)) stands twice; keep one"
        default: "\(path): not a YAML mapping of settings; see refund-worker config for an example of each"
        }
    }

    /// What is no part of a setting's name may be a part of a password that holds commas and was not put in quotes.
    private static func known(_ names: [String]) -> String {
        let words = Set(
            (SettingName.allCases.map(\.rawValue) + SettingName.secrets.map(\.fileKey))
                .flatMap { $0.split(separator: ".").map(String.init) })
        return names.map { words.contains($0) ? $0 : "a name" }.joined(separator: ", ")
    }
}

/// Goes through the file's mappings and keeps what is a setting.
private struct SettingsWalk {
    let path: String
    var lines: [SettingName: Int] = [:]
    var secretFiles: [SettingName: String] = [:]
    var values: [AbsoluteConfigKey: ConfigValue] = [:]
    var problems: [String] = []

    init(path: String) {
        self.path = path
    }

    mutating func visit(_ node: Node, below components: [String], line: Int) {
        let name = components.joined(separator: ".")
        if let mapping = node.mapping {
            guard SettingName(rawValue: name) == nil else {
                problems.append("\(path):\(line): \(name) must be one value, not a mapping")
                return
            }
            for (key, value) in mapping {
                guard let word = key.string else {
                    problems.append("\(path):\(line): a name of a setting must be a word")
                    continue
                }
                visit(value, below: components + [word], line: key.mark?.line ?? line)
            }
            return
        }
        let secret = SettingName.secrets.first { $0.fileKey == name }
        guard let setting = SettingName(rawValue: name) ?? secret else {
            if !isEmptySection(node, name: name) {
                // In {url: …, …} a comma ends the URL, and what follows it is a name to YAML.
                let isShown = node.scalar?.string.isEmpty != true || components.count < 2
                problems.append(isShown ? unknown(name, line: line) : valueless(below: components[0], line: line))
            }
            return
        }
        guard let scalar = node.scalar else {
            problems.append("\(path):\(line): \(name) must be one value, not a list")
            return
        }
        if let first = lines[setting] {
            problems.append(
                "\(path):\(line): \(name): line \(first) gives \(setting.rawValue) already; keep one of the two")
        }
        lines[setting] = line
        guard secret == nil else {
            secretFiles[setting] = scalar.string
            return
        }
        values[AbsoluteConfigKey(setting.components)] = ConfigValue(
            .string(scalar.string), isSecret: setting.definition.isSecret)
    }

    /// `amqp:` with nothing below it sets nothing.
    private func isEmptySection(_ node: Node, name: String) -> Bool {
        (name.isEmpty || SettingName.allCases.contains { $0.rawValue.hasPrefix(name + ".") })
            && node.scalar?.string.isEmpty == true
    }

    private func valueless(below section: String, line: Int) -> String {
        "\(path):\(line): \(section) has a name that is no setting and has no value; a value with a comma in it, such as a "
            + "URL, must be put in quotes"
    }

    private func unknown(_ name: String, line: Int) -> String {
        guard !name.isEmpty else { return "\(path):\(line): must be a mapping of settings, such as amqp: {url: …}" }
        let nearest = nearestName(
            to: name, among: SettingName.allCases.map(\.rawValue) + SettingName.secrets.map(\.fileKey))
        let hint = nearest.map { "did you mean \($0)?" } ?? "see refund-worker config for those there are"
        return "\(path):\(line): \(name) is no setting; \(hint)"
    }
}
