/// Markup that is safe to send: whatever was a text became part of it escaped, and there is no other way in.
struct HTML: Hashable, Sendable {
    private(set) var markup: String

    /// Nothing.
    init() {
        markup = ""
    }

    /// A text, of whomever.
    init(_ text: String) {
        markup = HTML.escaped(text)
    }

    private init(markup: String) {
        self.markup = markup
    }

    static func + (left: HTML, right: HTML) -> HTML {
        HTML(markup: left.markup + right.markup)
    }

    /// An element with what is in it.
    static func element(_ name: StaticString, _ attributes: [Attribute?], _ content: HTML) -> HTML {
        HTML(markup: start(name, attributes) + content.markup + "</\(name)>")
    }

    /// An element that holds nothing and has no end, such as `input`.
    static func void(_ name: StaticString, _ attributes: [Attribute?]) -> HTML {
        HTML(markup: start(name, attributes))
    }

    /// A whole document.
    static func document(_ root: HTML) -> HTML {
        HTML(markup: "<!doctype html>\n" + root.markup)
    }

    private static func start(_ name: StaticString, _ attributes: [Attribute?]) -> String {
        var tag = "<\(name)"
        for case let attribute? in attributes {
            tag += " \(attribute.name)"
            if let value = attribute.value { tag += "=\"\(escaped(value))\"" }
        }
        return tag + ">"
    }

    /// Marks become references. Control characters, and those that turn the direction of what follows, become dots:
    /// a text can't pass for another.
    private static func escaped(_ text: String) -> String {
        var safe = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": safe.append(contentsOf: "&amp;".unicodeScalars)
            case "<": safe.append(contentsOf: "&lt;".unicodeScalars)
            case ">": safe.append(contentsOf: "&gt;".unicodeScalars)
            case "\"": safe.append(contentsOf: "&quot;".unicodeScalars)
            case "'": safe.append(contentsOf: "&#39;".unicodeScalars)
            case "\n", "\t": safe.append(scalar)
            default: safe.append(isUnfit(scalar.value) ? "·" : scalar)
            }
        }
        return String(safe)
    }

    private static func isUnfit(_ value: UInt32) -> Bool {
        value < 0x20 || (0x7F...0x9F).contains(value) || (0x200E...0x200F).contains(value)
            || (0x202A...0x202E).contains(value) || (0x2066...0x2069).contains(value) || value == 0xFEFF
    }
}

/// An element's attribute; without a value it stands by its name alone, such as `required`.
struct Attribute: Sendable {
    let name: StaticString
    let value: String?

    init(_ name: StaticString, _ value: String? = nil) {
        self.name = name
        self.value = value
    }

    static func `class`(_ names: String) -> Attribute { Attribute("class", names) }
    static func id(_ id: String) -> Attribute { Attribute("id", id) }
    static func href(_ link: Link) -> Attribute { Attribute("href", link.text) }
    /// What a screen reader says instead of the content.
    static func label(_ text: String) -> Attribute { Attribute("aria-label", text) }
}
