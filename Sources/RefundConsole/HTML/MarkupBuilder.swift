/// Puts together what stands one after the other: markup as it is, and texts escaped.
@resultBuilder
enum MarkupBuilder {
    static func buildExpression(_ markup: HTML) -> HTML { markup }
    static func buildExpression(_ text: String) -> HTML { HTML(text) }
    static func buildExpression(_ parts: [HTML]) -> HTML { parts.reduce(HTML(), +) }
    static func buildBlock() -> HTML { HTML() }
    static func buildPartialBlock(first: HTML) -> HTML { first }
    static func buildPartialBlock(accumulated: HTML, next: HTML) -> HTML { accumulated + next }
    static func buildOptional(_ markup: HTML?) -> HTML { markup ?? HTML() }
    static func buildEither(first: HTML) -> HTML { first }
    static func buildEither(second: HTML) -> HTML { second }
    static func buildArray(_ parts: [HTML]) -> HTML { parts.reduce(HTML(), +) }
}

/// An element with its attributes and what is in it; attributes that are `nil` are left out.
func tag(_ name: StaticString, _ attributes: Attribute?..., @MarkupBuilder content: () -> HTML = { HTML() }) -> HTML {
    HTML.element(name, attributes, content())
}

/// An element that holds nothing and has no end.
func mark(_ name: StaticString, _ attributes: Attribute?...) -> HTML {
    HTML.void(name, attributes)
}

/// A link to another page of the console.
func link(_ target: Link, _ attributes: Attribute?..., @MarkupBuilder content: () -> HTML) -> HTML {
    HTML.element("a", [.href(target)] + attributes, content())
}
