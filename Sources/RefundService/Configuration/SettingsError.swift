/// Everything that is wrong with the settings, found in one go.
public struct SettingsError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Each names the setting, where its value came from, and what is allowed; none holds a password.
    public let problems: [String]

    public init(problems: [String]) {
        self.problems = problems
    }

    /// One problem a line.
    public var description: String { problems.joined(separator: "\n") }
}
