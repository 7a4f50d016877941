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

    /// What is for nobody's eyes but those who ask for it: contacts, payment tokens, and addresses of proofs of payment,
    /// wherever they stand.
    public var confidential: [Range<Int>] {
        guard let document else { return size == 0 ? [] : [0..<size] }
        return confidential(in: document.root)
    }

    /// A JSON text with a string in place of each of those; all of it where it is not JSON.
    public static func masking(_ json: String, by mask: String) -> String {
        let bytes = Array(json.utf8)
        var shown: [UInt8] = []
        var position = 0
        for place in MessagePlaces(of: bytes).confidential {
            shown += bytes[position..<place.lowerBound] + Array("\"\(mask)\"".utf8)
            position = place.upperBound
        }
        return String(decoding: shown + bytes[position...], as: UTF8.self)
    }

    private static let confidentialNames: Set<String> = ["contact", "token", "proof_of_payment"]

    private func confidential(in value: JSONValue) -> [Range<Int>] {
        var places: [Range<Int>] = []
        for member in value.members {
            if let name = member.name.string, MessagePlaces.confidentialNames.contains(name), member.value.kind != .null
            {
                places.append(member.value.range)
            } else {
                places += confidential(in: member.value)
            }
        }
        for element in value.elements { places += confidential(in: element) }
        return places
    }
}
