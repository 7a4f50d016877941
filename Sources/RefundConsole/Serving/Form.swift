/// The fields of a form or of an address's query, in their order (`application/x-www-form-urlencoded`).
struct Form: Hashable, Sendable {
    private(set) var fields: [Field] = []

    struct Field: Hashable, Sendable {
        var name: String
        var value: String
    }

    /// More fields than any form of ours has.
    private static let mostFields = 100

    init() {}

    /// - Returns: `nil` for more fields than any form has, a wrong escape, or what is not UTF-8.
    init?(_ text: some StringProtocol) {
        for part in text.split(separator: "&") {
            let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard fields.count < Form.mostFields, let name = Form.decoded(sides[0]),
                let value = Form.decoded(sides.count > 1 ? sides[1] : "")
            else { return nil }
            fields.append(Field(name: name, value: value))
        }
    }

    /// The first field of that name that says something.
    subscript(name: String) -> String? {
        fields.first { $0.name == name && !$0.value.isEmpty }?.value
    }

    /// Every value of that name.
    func all(_ name: String) -> [String] {
        fields.filter { $0.name == name && !$0.value.isEmpty }.map(\.value)
    }

    /// `%XX` and `+` as what they stand for.
    static func decoded(_ text: some StringProtocol, plusIsSpace: Bool = true) -> String? {
        var bytes: [UInt8] = []
        var rest = Substring(text).utf8
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+") where plusIsSpace: bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else {
                    return nil
                }
                bytes.append(high << 4 | low)
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
