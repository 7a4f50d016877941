/// The members of an object by name, with the object's path, so that an error can say which field is wrong.
struct JSONFields {
    let object: JSONValue
    /// The object's own path, empty for the top.
    let path: String

    /// - Throws: `DeadLetterReason.invalidField` when a name stands twice: which of the two was meant can't be known.
    init(_ value: JSONValue, path: String) throws(DeadLetterReason) {
        guard value.kind == .object else {
            throw .invalidField(path: path.isEmpty ? "$" : path, problem: "must be an object")
        }
        object = value
        self.path = path
        var names: [JSONValue] = []
        for (name, _) in value.members {
            guard names.count < JSONFields.maximumCount else {
                throw .invalidField(path: path.isEmpty ? "$" : path, problem: "has too many members")
            }
            for earlier in names where name.isSameString(as: earlier) {
                throw .invalidField(path: self.path(of: name.string ?? ""), problem: "stands twice")
            }
            names.append(name)
        }
    }

    /// How many members an object may have; each is compared with all before it.
    static let maximumCount = 256

    /// The value of a member; `nil` when it is absent or `null`.
    subscript(name: StaticString) -> JSONValue? {
        for (candidate, value) in object.members where candidate.isString(name) {
            return value.kind == .null ? nil : value
        }
        return nil
    }

    func path(of name: some CustomStringConvertible) -> String {
        path.isEmpty ? "\(name)" : "\(path).\(name)"
    }
}
