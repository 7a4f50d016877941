internal import Yams

/// One value of a policy file, with its path and place, so that every error names both.
struct PolicyFileField {
    let fileName: String
    /// What the whole text is read as.
    let form: PolicyFileForm
    /// Such as `versions[0].funds.holidays[2]`; empty for the whole file.
    let path: String
    private let node: Node

    init(document: PolicyFileDocument, form: PolicyFileForm) {
        fileName = document.fileName
        self.form = form
        path = ""
        node = document.root
    }

    /// A value within another.
    private init(_ node: Node, at path: String, of whole: PolicyFileField) {
        fileName = whole.fileName
        form = whole.form
        self.path = path
        self.node = node
    }

    /// The error that this value is.
    func error(_ problem: String, _ remedy: String) -> PolicyError {
        PolicyFileField.error(fileName, node.mark, path, problem, remedy)
    }

    fileprivate static func error(
        _ fileName: String, _ mark: Mark?, _ path: String, _ problem: String, _ remedy: String
    ) -> PolicyError {
        PolicyError(
            file: fileName, line: mark?.line ?? 1, column: mark?.column ?? 1, field: path, problem: problem,
            remedy: remedy)
    }

    /// The members of a mapping, which may be no others than `known`; the parser has refused a key written twice.
    func members(_ known: [String]) throws(PolicyError) -> PolicyFileMembers {
        let list = known.joined(separator: ", ")
        return try members("write it as \(list)") { (name: String) throws(PolicyError) in
            if known.contains(name) { return nil }
            return ("there is no such field", formerFields[name] ?? "the fields here are \(list)")
        }
    }

    /// The members of a mapping; `objection` says what is wrong with a key, if anything is.
    func members(
        _ hint: String, objection: (String) throws(PolicyError) -> (problem: String, remedy: String)?
    ) throws(PolicyError) -> PolicyFileMembers {
        try refuseTag()
        guard case .mapping(let mapping) = node else { throw error("expected fields, found \(kind)", hint) }
        var members: [(name: String, field: PolicyFileField)] = []
        for (key, value) in mapping {
            guard let name = key.scalar?.string else {
                throw PolicyFileField.error(fileName, key.mark, path, "a field's name is text", hint)
            }
            let path = memberPath(path, name)
            if let (problem, remedy) = try objection(name) {
                throw PolicyFileField.error(fileName, key.mark, path, problem, remedy)
            }
            members.append((name, PolicyFileField(value, at: path, of: self)))
        }
        return PolicyFileMembers(owner: self, all: members)
    }

    /// The elements of a list.
    func elements(atMost limit: Int, of what: String) throws(PolicyError) -> [PolicyFileField] {
        try refuseTag()
        guard case .sequence(let sequence) = node else {
            throw error(
                "expected a list of \(what), found \(kind)", "write it as a list: one a line after a dash, or [a, b]")
        }
        guard sequence.count <= limit else {
            throw error("there are \(sequence.count) \(what), and \(limit) is the most", "keep no more than that")
        }
        return sequence.enumerated().map { index, element in
            PolicyFileField(element, at: "\(path)[\(index)]", of: self)
        }
    }

    /// A single value, and whether it stands in quotes.
    func scalar(_ hint: String) throws(PolicyError) -> (text: String, isQuoted: Bool) {
        try refuseTag()
        guard case .scalar(let scalar) = node else { throw error("expected one value, found \(kind)", hint) }
        if scalar.style == .plain, ["", "~", "null", "Null", "NULL"].contains(scalar.string) {
            throw error("the field has no value", "\(hint), or remove the field where it may be left out")
        }
        return (scalar.string, scalar.style != .plain)
    }

    /// Whether the value is that one word.
    func isWord(_ word: String) -> Bool {
        guard case .scalar(let scalar) = node else { return false }
        return scalar.string == word
    }

    /// What the value is, for errors.
    private var kind: String {
        switch node {
        case .scalar(let scalar) where scalar.string.isEmpty: "no value"
        case .scalar(let scalar): "the value \(shown(scalar.string))"
        case .mapping: "fields"
        case .sequence: "a list"
        case .alias: "an alias"
        }
    }

    private func refuseTag() throws(PolicyError) {
        let tag =
            switch node {
            case .scalar(let scalar): scalar.tag
            case .mapping(let mapping): mapping.tag
            case .sequence(let sequence): sequence.tag
            case .alias(let alias): alias.tag
            }
        let ordinary: [Tag.Name] = [.implicit, .nonSpecific, .str, .map, .seq]
        guard ordinary.contains(where: { $0.rawValue == tag.rawValue }) else {
            throw error("the value has the tag \(shown(tag.rawValue))", "remove the tag")
        }
    }
}

/// What to write instead of fields that there were.
private let formerFields = [
    "non_returnable":
        "exclude services by terms: {name: excluded, when: {service: [setup-fee]}, returnable: false, "
        + "cancellable: false}",
    "holidays": "list holidays once for everything, under calendar: {holidays: [2022-12-26]}",
]

/// The members of one mapping.
struct PolicyFileMembers {
    fileprivate let owner: PolicyFileField
    /// In the order of the file.
    let all: [(name: String, field: PolicyFileField)]

    subscript(name: String) -> PolicyFileField? {
        all.first { $0.name == name }?.field
    }

    /// A member that must be there.
    func required(_ name: String, _ hint: String) throws(PolicyError) -> PolicyFileField {
        guard let field = self[name] else {
            let missing = owner.error("the field is missing", hint)
            throw PolicyError(
                file: missing.file, line: missing.line, column: missing.column, field: memberPath(owner.path, name),
                problem: missing.problem, remedy: missing.remedy)
        }
        return field
    }
}

/// The path of a member.
func memberPath(_ path: String, _ name: String) -> String {
    path.isEmpty ? shortened(name) : "\(path).\(shortened(name))"
}

/// A text of the file for an error: in quotes.
func shown(_ text: String) -> String {
    "\"\(shortened(text))\""
}

/// A text of the file on one line, and not too much of it.
func shortened(_ text: String) -> String {
    let visible = text.unicodeScalars.prefix(64).map { $0.properties.generalCategory == .control ? "?" : String($0) }
    return visible.joined() + (text.unicodeScalars.count > 64 ? "…" : "")
}
