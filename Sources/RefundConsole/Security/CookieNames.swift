/// What this console's cookies are called in a browser.
///
/// A browser sends a host's cookies to all of its ports, so that the port stands in the name: that by which the browser
/// knows us (header `Host`), which behind a proxy is another than ours. With TLS the prefix `__Host-` keeps out cookies that
/// another host of the domain, or a page without TLS, has set.
struct CookieNames: Hashable, Sendable {
    let session: String
    /// A browser that has logged in before.
    let browser: String

    init(host: String?, isSecure: Bool) {
        let port = host?.lastIndex(of: ":").flatMap { UInt16(host?[$0...].dropFirst() ?? "") }
        let name = (isSecure ? "__Host-" : "") + "refund-console-\(port ?? (isSecure ? 443 : 80))"
        session = name
        browser = name + "-browser"
    }
}
