/// A statement that each connection prepares once.
struct Statement {
    let name: String
    let sql: String

    init(_ name: String, _ sql: String) {
        self.name = name
        self.sql = sql
    }
}

/// One step of a pipeline.
struct Command {
    enum Text {
        case prepared(Statement)
        case plain(String)
        case prepare(Statement)

        /// The prepared statement's name; empty for a text.
        var name: String {
            switch self {
            case .prepared(let statement), .prepare(let statement): statement.name
            case .plain: ""
            }
        }
    }

    let text: Text
    let parameters: Parameters

    static func run(_ statement: Statement, _ fill: (inout Parameters) -> Void = { _ in }) -> Command {
        Command(text: .prepared(statement), parameters: Parameters(fill))
    }

    static func run(_ sql: String, _ fill: (inout Parameters) -> Void = { _ in }) -> Command {
        Command(text: .plain(sql), parameters: Parameters(fill))
    }

    /// The same for a session that has prepared nothing.
    var inText: Command {
        guard case .prepared(let statement) = text else { return self }
        return Command(text: .plain(statement.sql), parameters: parameters)
    }

    static func prepare(_ statement: Statement) -> Command {
        Command(text: .prepare(statement), parameters: Parameters())
    }
}

/// Commands that go out together, and where the result of each is found.
struct Pipeline {
    private(set) var commands: [Command] = []

    /// - Returns: the place of the command's result.
    @discardableResult
    mutating func add(_ command: Command) -> Int {
        commands.append(command)
        return commands.count - 1
    }

    mutating func add(contentsOf more: [Command]) {
        commands += more
    }
}
