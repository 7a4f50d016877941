internal import RefundService

/// What must hold of a request before anything is done for it.
enum Guarding {
    /// Without a login only this machine is served, by one of its own names: a page of another site, whose name was made
    /// to point here, is turned away.
    static func isOwnName(_ host: String?) -> Bool {
        guard let host, let name = hostName(host) else { return false }
        return ConsoleSettings.isLoopback(name)
    }

    /// Whether a POST comes from a page of this server. Browsers that tell no origin are held to the form's own proof.
    static func isOwnOrigin(_ origin: String?, host: String?) -> Bool {
        guard let origin else { return true }
        guard let host, let scheme = ["http://", "https://"].first(where: { origin.hasPrefix($0) }) else {
            return false
        }
        return origin.dropFirst(scheme.count) == host
    }

    /// The name without its port and an address's brackets.
    private static func hostName(_ host: String) -> String? {
        if host.hasPrefix("["), let end = host.firstIndex(of: "]") {
            return String(host[host.index(after: host.startIndex)..<end])
        }
        return host.split(separator: ":", omittingEmptySubsequences: false).first.map(String.init)
    }

    /// The headers of every answer: nothing from elsewhere, nothing inline, in no frame, in no cache.
    static let headers: [(name: String, value: String)] = [
        (
            "Content-Security-Policy",
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
                + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        ),
        ("X-Content-Type-Options", "nosniff"), ("X-Frame-Options", "DENY"), ("Referrer-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"), ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()"),
    ]
}
