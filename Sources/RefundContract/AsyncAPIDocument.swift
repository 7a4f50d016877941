/// The AsyncAPI 3 document: channels, operations and messages, with every message's schema.
public enum AsyncAPIDocument {
    /// The file in `Schemas`, which refers to the schemas beside it.
    static var file: String { String(decoding: PackageResources.asyncapi_json, as: UTF8.self) }

    /// The same with the schemas in place of the references, so that it can be handed on alone.
    public static var text: String {
        ContractSchema.all.reduce(file) { document, schema in
            let reference = #"{"$ref": "./\#(schema.name).json"}"#
            return document.replacing(reference, with: schema.embedded)
        }
    }
}

extension ContractSchema {
    /// The schema as it stands in the document. References count from the top of the document there, since the tools
    /// that read AsyncAPI resolve them so.
    fileprivate var embedded: String {
        let place = "#/components/messages/\(name)/payload/schema"
        let schema = text.replacing("\"#/$defs/", with: "\"\(place)/$defs/")
        let lines = schema.split(separator: "\n")
        let indent = String(repeating: " ", count: 10)
        return lines.enumerated().map { $0 == 0 ? String($1) : indent + $1 }.joined(separator: "\n")
    }
}
