internal import RefundPolicy
internal import RefundWorker

/// Whom a page is for.
struct Viewer: Hashable, Sendable {
    /// Nothing may be changed.
    var isReadOnly: Bool
    /// People log in, and so can log out.
    var hasLogin: Bool
    /// Stands in each form, so that no other page can send one.
    var csrf: String
    /// The name that was last signed with.
    var name: String
    var now: Instant
    /// While payouts are paused: by whom, since when and why.
    var pause: StandingPause?
}

/// A view that the navigation leads to.
enum Section: String, CaseIterable {
    case now, deadlines, cases, review, dead, payouts

    var title: String {
        switch self {
        case .now: "Now"
        case .deadlines: "Deadlines"
        case .cases: "Cases"
        case .review: "Review"
        case .dead: "Dead letters"
        case .payouts: "Payouts"
        }
    }

    var link: Link { self == .now ? Link("") : Link(rawValue) }
}

/// A whole page around its content.
///
/// - Parameters:
///   - live: the page's own address, when its sections are brought up to date while it is open.
///   - refresh: seconds after which a browser without scripts loads the page again, while something is going on.
func page(
    _ title: String, in current: Section?, for viewer: Viewer, live: String? = nil, refresh: Int? = nil,
    @MarkupBuilder content: () -> HTML
) -> HTML {
    .document(
        tag("html", Attribute("lang", "en")) {
            head(title, refresh: refresh)
            tag("body", live.map { Attribute("data-page", $0) }) {
                tag("a", Attribute("href", "#main"), .class("skip")) { "Skip to the content" }
                top(current, viewer)
                tag("main", .id("main"), Attribute("tabindex", "-1")) {
                    tag("div", .id("brake"), Attribute("data-live", "brake")) { brake(current, viewer) }
                    tag("h1") { title }
                    content()
                }
                foot(viewer, isLive: live != nil)
            }
        })
}

/// Stands on every page while payouts are paused.
private func brake(_ current: Section?, _ viewer: Viewer) -> HTML {
    guard let pause = viewer.pause, current != .payouts else { return HTML("") }
    return notice(.bad, "Payouts are paused") {
        tag("p") {
            "Since "
            time(pause.at, from: viewer.now)
            ", by "
            tag("strong") { "\(pause.by)" }
            ": "
            tag("q") { pause.note }
            " "
            link(Section.payouts.link) { viewer.isReadOnly ? "More" : "Let them go…" }
        }
    }
}

private func head(_ title: String, refresh: Int?) -> HTML {
    tag("head") {
        mark("meta", Attribute("charset", "utf-8"))
        mark("meta", Attribute("name", "viewport"), Attribute("content", "width=device-width, initial-scale=1"))
        mark("meta", Attribute("name", "color-scheme"), Attribute("content", "light dark"))
        mark("meta", Attribute("name", "robots"), Attribute("content", "noindex"))
        tag("title") { "\(title) – refund-worker" }
        mark(
            "link", Attribute("rel", "icon"), Attribute("href", Asset.icon.link.text),
            Attribute("type", "image/svg+xml"))
        mark("link", Attribute("rel", "stylesheet"), Attribute("href", Asset.style.link.text))
        tag("script", Attribute("src", Asset.script.link.text), Attribute("defer"))
        if let refresh {
            tag("noscript") {
                mark("meta", Attribute("http-equiv", "refresh"), Attribute("content", "\(refresh)"))
            }
        }
    }
}

private func top(_ current: Section?, _ viewer: Viewer) -> HTML {
    tag("header", .class("top")) {
        tag("p", .class("brand")) {
            "refund-worker "
            if viewer.isReadOnly { pill("read only", .plain) }
        }
        tag("nav", .label("Views")) {
            tag("ul") {
                for section in Section.allCases {
                    tag("li") {
                        link(section.link, section == current ? Attribute("aria-current", "page") : nil) {
                            section.title
                        }
                    }
                }
            }
        }
        if viewer.hasLogin {
            tag("form", Attribute("method", "post"), Attribute("action", "/logout"), .class("logout")) {
                proof(viewer)
                tag("button", .class("quiet")) { "Sign out" }
            }
        }
    }
}

private func foot(_ viewer: Viewer, isLive: Bool) -> HTML {
    tag("footer") {
        tag("p") {
            "As of "
            tag("span", .id("as-of"), isLive ? Attribute("data-live", "as-of") : nil) { exactTime(viewer.now) }
            tag("span", .id("live"), .class("live"), Attribute("hidden")) { "live" }
        }
    }
}
