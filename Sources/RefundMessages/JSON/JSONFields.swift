/// The members of an object by name; an error can say which field is wrong.
struct JSONFields {
    let object: JSONValue

    /// - Throws: `DeadLetterReason.invalidField` when a name stands twice: which of the two was meant can't be known.
    init(_ value: JSONValue) throws(DeadLetterReason) {
        object = value
        guard value.kind == .object else { throw .invalidField(path: shownPath, problem: "must be an object") }
        let document = value.document
        guard let repeated = document.repeatedName(inObjectAt: value.index) else { return }
        let name = document.characters(of: document.nodes[repeated])
        guard JSONFields.isFitToShow(name) else {
            throw .invalidField(path: shownPath, problem: "has a name that stands twice")
        }
        throw .invalidField(path: path(of: String(decoding: name, as: UTF8.self)), problem: "stands twice")
    }

    /// Whether an error may quote a sender's own name: one that looks like a field's, and not like data.
    private static func isFitToShow(_ name: [UInt8]) -> Bool {
        (1...64).contains(name.count)
            && name.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }

    /// The value of a member; `nil` when it is absent or `null`.
    subscript(name: StaticString) -> JSONValue? {
        let document = object.document
        guard let index = document.member(name, ofObjectAt: object.index), document.nodes[index].kind != .null else {
            return nil
        }
        return JSONValue(document: document, index: index)
    }

    /// The object's own path, empty for the top.
    private var path: String { object.document.path(toValueAt: object.index) }
    private var shownPath: String { object.index == 0 ? "$" : path }

    func path(of name: some CustomStringConvertible) -> String {
        object.index == 0 ? "\(name)" : "\(path).\(name)"
    }
}
