/// The address of a page of this console: a path of its own, and never another place.
struct Link: Hashable, Sendable {
    /// Percent-encoded, and so without anything that would end an attribute or a header.
    let text: String

    /// - Parameters:
    ///   - path: the parts between the slashes, of any characters.
    ///   - query: in their order; those without a value are left out.
    init(_ path: String..., query: [(String, String?)] = []) {
        let fields = query.compactMap { name, value in value.map { "\(Link.encoded(name))=\(Link.encoded($0))" } }
        text =
            "/" + path.map(Link.encoded).joined(separator: "/")
            + (fields.isEmpty ? "" : "?" + fields.joined(separator: "&"))
    }

    /// An address that was asked of this server before, and found to be one of its own.
    init(address: String) {
        text = Link.own(address)
    }

    /// The address if it is one of this server's, else that of the first page.
    static func own(_ address: String?) -> String {
        guard let address, address.hasPrefix("/"), !address.hasPrefix("//"), !address.hasPrefix("/\\"),
            address.utf8.count < 2_000, address.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { return "/" }
        return address
    }

    /// RFC 3986's unreserved characters stand for themselves.
    static func encoded(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default: encoded += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }
        return encoded
    }
}
