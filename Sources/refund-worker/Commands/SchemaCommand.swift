import ArgumentParser
import RefundContract
import RefundMessages

/// `refund-worker schema`
struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "Print the JSON Schema of a message or of the policy file.",
        discussion: """
            Without a name it lists what there is. Schemas are JSON Schema, draft 2020-12; asyncapi is the AsyncAPI 3 \
            document of all messages, with the exchanges, routing keys and queues. What a schema can't say stands in \
            its descriptions.

            Example:
              refund-worker schema
              refund-worker schema refund.requested > refund.requested.schema.json
              refund-worker schema refund.requested --examples | refund-worker evaluate -
              refund-worker schema --asyncapi > asyncapi.json
            """)

    @Argument(
        help: ArgumentHelp("A message's type, policy, or asyncapi.", valueName: "name"),
        completion: .list(ContractSchema.all.map(\.name) + ["asyncapi"]))
    var name: String?
    @Flag(help: "Print the AsyncAPI document.") var asyncapi = false
    @Flag(help: "Print the schema's examples, one a line.") var examples = false
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard !(asyncapi && name != nil) else { throw ValidationError("give a name or --asyncapi, not both") }
        guard !examples || (name != nil && !isAsyncAPI) else {
            throw ValidationError("--examples needs the name of a schema, such as refund.requested")
        }
        guard let name, !isAsyncAPI, ContractSchema.named(name) == nil else { return }
        throw ValidationError("there is no schema \(name); `refund-worker schema` lists them")
    }

    func run() throws {
        if isAsyncAPI {
            Output.text(AsyncAPIDocument.text)
        } else if let schema = name.flatMap(ContractSchema.named) {
            if examples { schema.examples.forEach(Output.line) } else { Output.text(schema.text) }
        } else {
            list()
        }
    }

    private var isAsyncAPI: Bool { asyncapi || name == "asyncapi" }

    private func list() {
        guard !output.isJSON else { return ContractSchema.all.forEach(json) }
        var table = TextTable("SCHEMA", "DIRECTION", "WHAT IT SAYS")
        for schema in ContractSchema.all { table.row(schema.name, schema.direction.rawValue, schema.title) }
        table.lines.forEach(Output.line)
        Output.line("and asyncapi, the AsyncAPI 3 document of them all")
    }

    private func json(_ schema: ContractSchema) {
        Output.json { writer in
            writer.string("schema", schema.name)
            writer.string("direction", schema.direction.rawValue)
            writer.string("title", schema.title)
        }
    }
}
