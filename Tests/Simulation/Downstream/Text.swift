/// Reading and writing the few things that the simulated systems need, apart from the worker's own codecs.
package enum Text {
    /// Cents as the contract writes dollars.
    package static func dollars(_ cents: Int) -> String {
        let rest = cents % 100
        return "\(cents / 100).\(rest < 10 ? "0" : "")\(rest)"
    }

    package static func cents(_ dollars: String) -> Int? {
        let parts = dollars.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1].utf8.count == 2, let whole = Int(parts[0]), let rest = Int(parts[1]) else {
            return nil
        }
        return whole * 100 + rest
    }

    /// The text of the first member of that name, in JSON written without spaces.
    package static func member(_ name: String, of body: [UInt8]) -> String? {
        let key = Array("\"\(name)\":\"".utf8)
        guard body.count > key.count else { return nil }
        for start in 0..<(body.count - key.count) where body[start] == key[0] {
            guard body[start..<(start + key.count)].elementsEqual(key) else { continue }
            let rest = body[(start + key.count)...]
            guard let end = rest.firstIndex(of: UInt8(ascii: "\"")) else { return nil }
            return String(decoding: rest[..<end], as: UTF8.self)
        }
        return nil
    }

    /// Whether the body says that this is true.
    static func isTrue(_ name: String, of body: [UInt8]) -> Bool {
        String(decoding: body, as: UTF8.self).contains("\"\(name)\":true")
    }

    /// The cents of the amount of that name.
    static func money(_ name: String, of body: [UInt8]) -> Int? {
        let text = String(decoding: body, as: UTF8.self)
        guard let start = text.firstRange(of: "\"\(name)\":{\"amount\":\"") else { return nil }
        return cents(String(text[start.upperBound...].prefix { $0 != "\"" }))
    }

    /// The cents that a rejection offers in place of what was asked for; `nil` where nothing is.
    static func offer(in body: [UInt8]) -> Int? {
        let text = String(decoding: body, as: UTF8.self)
        guard let start = text.firstRange(of: "\"alternatives\":[{") else { return nil }
        return money("refund", of: Array(text[start.lowerBound...].utf8))
    }

    /// `rr-1/payout#2` in its parts.
    package static func key(_ text: String) -> (request: String, command: String, number: Int)? {
        guard let slash = text.lastIndex(of: "/"), let hash = text.lastIndex(of: "#"), slash < hash,
            let number = Int(text[text.index(after: hash)...])
        else { return nil }
        return (String(text[..<slash]), String(text[text.index(after: slash)..<hash]), number)
    }
}
