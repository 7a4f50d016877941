import RefundContract
import RefundMessages
import Testing

@Suite("The contract's schemas")
struct SchemaTests {
    @Test("there is one for every message that the worker reads or writes, and for the policy file")
    func complete() {
        func names(_ direction: ContractSchema.Direction) -> [String] {
            ContractSchema.all.filter { $0.direction == direction }.map(\.name)
        }
        #expect(names(.inbound) == InboundType.allCases.map(\.rawValue))
        #expect(names(.outbound) == OutboundType.allCases.map(\.rawValue))
        #expect(names(.file) == ["policy"])
        for schema in ContractSchema.all {
            #expect(schema.text.contains("\"title\": \"\(schema.title)\""), "\(schema.name) has its own text")
        }
    }

    @Test("each is valid under the meta-schema of 2020-12, agrees with the others, and takes its examples")
    func valid() throws {
        let outcome = try Validator.run("check_schemas.py")
        #expect(outcome.status == 0, "\(outcome.output)")
    }

    @Test("the AsyncAPI document stands alone, and has a channel and a schema for every message")
    func document() throws {
        let outcome = try Validator.run("check_schemas.py", "--asyncapi", input: AsyncAPIDocument.text)
        #expect(outcome.status == 0, "\(outcome.output)")
    }
}
