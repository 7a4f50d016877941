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
        guard let name = JSONFields.repeatedName(in: value) else { return }
        guard JSONFields.isFitToShow(name) else {
            throw .invalidField(path: path.isEmpty ? "$" : path, problem: "has a name that stands twice")
        }
        throw .invalidField(path: self.path(of: String(decoding: name, as: UTF8.self)), problem: "stands twice")
    }

    /// The first name that stands twice, unescaped.
    private static func repeatedName(in object: JSONValue) -> [UInt8]? {
        var few: [JSONValue] = []
        var many: Set<[UInt8]> = []
        for (name, _) in object.members {
            if few.count < 16 {
                // The common case compares in place, and allocates nothing for each name.
                for earlier in few where name.isSameString(as: earlier) { return name.characters }
                few.append(name)
            } else {
                if many.isEmpty { many.formUnion(few.map(\.characters)) }
                guard many.insert(name.characters).inserted else { return name.characters }
            }
        }
        return nil
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
        for (candidate, value) in object.members where candidate.isString(name) {
            return value.kind == .null ? nil : value
        }
        return nil
    }

    func path(of name: some CustomStringConvertible) -> String {
        path.isEmpty ? "\(name)" : "\(path).\(name)"
    }
}
