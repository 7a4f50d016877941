/// Where the parts of a message's body stand, for whoever shows it to people.
public struct MessagePlaces: Sendable {
    private let document: JSONDocument?
    private let size: Int

    /// - Parameter body: any bytes; of what is not JSON, no part can be told.
    public init(of body: [UInt8]) {
        document = try? JSONDocument(body)
        size = body.count
    }

    /// The bytes of the value at a path such as `invoice.paid.amount`, or of the nearest value around it that is there.
    public func place(of path: String) -> Range<Int>? {
        guard let document else { return nil }
        var value = document.root
        for name in path.split(separator: ".") where name != "$" {
            guard let member = value.members.first(where: { $0.name.string == String(name) })?.value else { break }
            value = member
        }
        return value.range
    }

    /// The byte where a text stops being JSON, and what little follows it.
    public func place(ofByte offset: Int) -> Range<Int> {
        let start = min(max(offset, 0), max(size - 1, 0))
        return start..<min(start + 1, size)
    }

    /// What is for nobody's eyes but those who ask for it: all that `ShownMembers` does not name. Of what is not JSON, all.
    public var confidential: [Range<Int>] { confidential(but: .ofMessages) }

    func confidential(but shown: ShownMembers) -> [Range<Int>] {
        guard let document else { return size == 0 ? [] : [0..<size] }
        return hidden(in: document.root, but: shown)
    }

    /// A JSON text with a string in place of each of those; all of it where it is not JSON.
    ///
    /// - Parameter isWhole: it is a message; else an object that is passed through, such as a customer.
    public static func masking(_ json: String, by mask: String, isWhole: Bool = true) -> String {
        let bytes = Array(json.utf8)
        var shown: [UInt8] = []
        var position = 0
        for place in MessagePlaces(of: bytes).confidential(but: isWhole ? .ofMessages : .passedThrough) {
            shown += bytes[position..<place.lowerBound] + Array("\"\(mask)\"".utf8)
            position = place.upperBound
        }
        return String(decoding: shown + bytes[position...], as: UTF8.self)
    }

    private func hidden(in value: JSONValue, but shown: ShownMembers) -> [Range<Int>] {
        switch (value.kind, shown) {
        case (.null, _): []
        case (.array, _) where !shown.isPassedThrough: value.elements.flatMap { hidden(in: $0, but: shown) }
        case (.object, .object(let names)):
            value.members.flatMap { name, member in
                guard let text = name.string, let rule = names[text] else {
                    return hidden(name) + (member.kind == .null ? [] : [member.range])
                }
                return hidden(in: member, but: rule)
            }
        case (.object, .passedThrough):
            value.members.flatMap { name, member in
                hidden(name) + (isShown(name.string ?? "", member) ? [] : [member.range])
            }
        case (.object, .value), (_, .object), (_, .passedThrough): [value.range]
        case (_, .value): []
        }
    }

    private func hidden(_ name: JSONValue) -> [Range<Int>] {
        ShownForm.isName(name.string ?? "") ? [] : [name.range]
    }

    /// Of an object that is passed through.
    private func isShown(_ name: String, _ value: JSONValue) -> Bool {
        switch value.kind {
        case .null: true
        case .string: ShownForm.allows(name, value.string ?? "")
        case .number: ShownForm.allows(name, value.text)
        case .true, .false, .object, .array: false
        }
    }
}

extension ShownMembers {
    fileprivate var isPassedThrough: Bool { if case .passedThrough = self { true } else { false } }
}

/// A member of an object that is passed through, for people.
public struct ShownMember: Hashable, Sendable {
    /// `nil` for a name that looks like data.
    public let name: String?
    /// `nil` where it is masked.
    public let text: String?

    /// Whether a sender's own name for something may be shown: one that looks like a field's, and not like data.
    public static func isName(_ name: String) -> Bool { ShownForm.isName(name) }

    /// The members of an object in their order, but those that say nothing.
    public static func all(of json: String) -> [ShownMember] {
        guard let document = try? JSONDocument(Array(json.utf8)) else { return [] }
        return document.root.members.filter { $0.value.kind != .null }.map { name, value in
            let name = name.string ?? ""
            let text = value.string ?? (value.kind == .number ? value.text : nil)
            return ShownMember(
                name: ShownForm.isName(name) ? name : nil,
                text: text.flatMap { ShownForm.allows(name, $0) ? $0 : nil })
        }
    }
}
