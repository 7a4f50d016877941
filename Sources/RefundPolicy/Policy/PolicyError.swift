/// What is wrong with a policy file, where, and what to do about it (contract § 5: "file, line and field").
public struct PolicyError: Error, Hashable, Sendable {
    /// The file's name, as it was given.
    public let file: String
    /// Counted from 1.
    public let line: Int
    /// Counted from 1, in Unicode scalars.
    public let column: Int
    /// The path of the field, such as `versions[0].commands.backoff.factor`; empty for the file as a whole.
    public let field: String
    /// What is wrong.
    public let problem: String
    /// What to do next.
    public let remedy: String

    public init(file: String, line: Int, column: Int, field: String, problem: String, remedy: String) {
        self.file = file
        self.line = line
        self.column = column
        self.field = field
        self.problem = problem
        self.remedy = remedy
    }
}

extension PolicyError: CustomStringConvertible {
    /// One line, such as `policy.yaml:5:16: versions[0].time_zone: there is no time zone "Mars"; write …`.
    public var description: String {
        let place = "\(file):\(line):\(column): "
        return place + (field.isEmpty ? "" : field + ": ") + problem + "; " + remedy
    }
}
