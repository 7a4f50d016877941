internal import RefundMessages

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

    /// A text of a person's that stands in a field of a form, to be sent again.
    static func filled(_ text: String) -> HTML { HTML(markup: escaped(text, isCarried: true)) }

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
            if let value = attribute.value { tag += "=\"\(escaped(value, isCarried: attribute.isCarried))\"" }
        }
        return tag + ">"
    }

    /// Marks become references.
    ///
    /// - Parameter isCarried: it comes back with a form, and must be the same then; else what can't be seen becomes dots, so
    ///   that a text can't pass for another.
    private static func escaped(_ text: String, isCarried: Bool = false) -> String {
        var safe = String.UnicodeScalarView()
        for scalar in (isCarried ? text : VisibleText.lines(text)).unicodeScalars {
            switch scalar {
            case "&": safe.append(contentsOf: "&amp;".unicodeScalars)
            case "<": safe.append(contentsOf: "&lt;".unicodeScalars)
            case ">": safe.append(contentsOf: "&gt;".unicodeScalars)
            case "\"": safe.append(contentsOf: "&quot;".unicodeScalars)
            case "'": safe.append(contentsOf: "&#39;".unicodeScalars)
            case "\n", "\t": safe.append(scalar)
            // HTML has no way to write these.
            default: safe.append(scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) ? "·" : scalar)
            }
        }
        return String(safe)
    }
}

/// An element's attribute; without a value it stands by its name alone, such as `required`.
struct Attribute: Sendable {
    let name: StaticString
    let value: String?

    /// What a person has filled in, or a form says of itself.
    var isCarried: Bool { "\(name)" == "value" }

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
