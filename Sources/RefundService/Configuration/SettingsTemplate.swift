/// A file of settings to start from: every setting with what it is for, as a comment, so that the file sets nothing.
///
/// It is YAML as `--config` takes it. Taking the `#` off a value and off the section above it puts it in force.
public func settingsTemplate() -> String {
    var lines = [
        "# Settings of refund-worker; all of them, with their defaults. Flags and the environment go before this file.",
        "# To set one, take the # off its line and off the section's line above it.",
    ]
    var sections: [Substring] = []
    for definition in SettingDefinition.all {
        let components = definition.name.rawValue.split(separator: ".")
        let common = zip(components.dropLast(), sections).prefix { $0 == $1 }.count
        for depth in common..<(components.count - 1) {
            if depth == 0 { lines.append("") }
            lines.append("#" + indentation(depth) + components[depth] + ":")
        }
        sections = Array(components.dropLast())
        let indent = indentation(components.count - 1)
        lines.append("\(indent)# \(definition.help) Allowed: \(definition.allowed).")
        lines.append("#\(indent)\(components[components.count - 1]): \(quoted(definition.defaultText))")
    }
    return lines.joined(separator: "\n") + "\n"
}

private func indentation(_ depth: Int) -> String {
    String(repeating: "  ", count: depth)
}

/// Single quotes keep any text as it is; no default holds one.
private func quoted(_ text: String?) -> String {
    "'\(text ?? "")'"
}
