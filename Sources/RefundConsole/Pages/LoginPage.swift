/// Where people say the token that lets them in.
///
/// - Parameters:
///   - problem: why the last try failed.
///   - back: where to go afterwards.
func loginPage(problem: String?, back: String, for viewer: Viewer) -> HTML {
    page("Sign in", in: nil, for: viewer) {
        if let problem { notice(.bad, "Not signed in") { tag("p") { problem } } }
        tag("form", Attribute("method", "post"), Attribute("action", "/login"), .class("login")) {
            hidden("back", back)
            tag("div", .class("field")) {
                tag("label", Attribute("for", "token")) { "Token" }
                mark(
                    "input", .id("token"), Attribute("name", "token"), Attribute("type", "password"),
                    Attribute("required"),
                    Attribute("autocomplete", "current-password"), Attribute("aria-describedby", "token-hint"))
                tag("p", .id("token-hint"), .class("hint")) { "The text of the file that console.token names." }
            }
            tag("button", .class("main")) { "Sign in" }
        }
    }
}
