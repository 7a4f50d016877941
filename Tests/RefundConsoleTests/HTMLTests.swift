import Testing

@testable import RefundConsole

@Suite("Markup is safe by construction")
struct HTMLTests {
    static let hostile = "</code><script>alert(1)</script>\" onload='x' & \u{202E}txt.exe\u{0}"

    @Test("a text is escaped in an element, in an attribute and beside markup")
    func escapes() {
        let markup = tag("p", .class(HTMLTests.hostile), .label(HTMLTests.hostile)) {
            HTMLTests.hostile
            tag("b") { "bold" }
            for text in ["<i>", "&amp;"] { text }
        }.markup
        #expect(!markup.contains("<script"))
        #expect(!markup.contains("onload='"))
        #expect(markup.contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot; onload=&#39;x&#39; &amp; ·txt.exe·"))
        #expect(markup.hasSuffix("<b>bold</b>&lt;i&gt;&amp;amp;</p>"))
    }

    @Test("attributes without a value stand alone, and absent ones not at all")
    func attributes() {
        #expect(mark("input", Attribute("required"), nil, .id("a")).markup == #"<input required id="a">"#)
    }

    @Test(
        "a link stays on this server, whatever its parts are",
        arguments: ["//evil.example", "javascript:alert(1)", "../x", "a b"])
    func links(_ text: String) {
        let link = Link("cases", text, query: [("q", text), ("none", nil)]).text
        #expect(link.hasPrefix("/cases/"))
        #expect(!link.dropFirst(1).contains("//"))
        #expect(!link.contains(":") && !link.contains(" ") && !link.contains("none"))
        let request = PageRequest(address: link)
        #expect(request?.path == ["cases", text])
        #expect(request?.query["q"] == text)
    }

    @Test("where to go back to is only ever an address of this server")
    func back() {
        for address in ["https://evil.example/", "//evil.example", "/\\evil.example", "", "x", "/a\r\nSet-Cookie: b"] {
            #expect(Link.own(address) == "/")
        }
        #expect(Link.own("/cases?q=1") == "/cases?q=1")
    }
}

@Suite("Forms")
struct FormTests {
    @Test("fields are decoded, the first that says something counts")
    func fields() throws {
        let form = try #require(Form("by=ann+lee&note=%C3%A9%26&by=bob&empty=&flag"))
        #expect(form["by"] == "ann lee")
        #expect(form["note"] == "é&")
        #expect(form["empty"] == nil && form["flag"] == nil && form["none"] == nil)
        #expect(form.all("by") == ["ann lee", "bob"])
    }

    @Test(
        "what is no form is none", arguments: ["a=%", "a=%4", "a=%zz", "a=%FF", String(repeating: "a=1&", count: 101)])
    func wrong(_ text: String) {
        #expect(Form(text) == nil)
    }
}
