internal import RefundPolicy

/// What a browser asks for, read and bounded.
struct PageRequest: Sendable {
    enum Method: Sendable {
        case get, post
    }

    var method: Method
    /// The path's parts, decoded.
    var path: [String]
    /// As it came, with its query; for going back to it.
    var address: String
    var query: Form
    /// Empty but for a POST.
    var form: Form
    /// The session that the browser names.
    var session: String?
    /// What the browser has kept since it logged in some time.
    var browser: String?
    /// The header `Host`, by which the browser knows this server.
    var host: String?
    /// The header `Origin`, which browsers send with each POST.
    var origin: String?
    /// Who asks (`Visitor.address`).
    var peer: String
}

/// What a browser gets.
struct PageResponse: Sendable {
    enum Body: Sendable {
        case page(HTML)
        case asset(Asset)
        /// Look there, by GET.
        case redirect(Link)
        /// News about a page for as long as the browser listens.
        case live(LivePage)
    }

    var status: Int
    var body: Body
    /// A session to be kept by the browser; empty text ends it.
    var setSession: String?
    /// By what the browser is known later, also when it has logged out.
    var setBrowser: String?
    /// In seconds, for whoever came too often.
    var retryAfter: Int?

    init(_ body: Body, status: Int = 200, setSession: String? = nil, retryAfter: Int? = nil) {
        self.body = body
        self.status = status
        self.setSession = setSession
        self.retryAfter = retryAfter
    }

    static func redirect(_ link: Link) -> PageResponse {
        PageResponse(.redirect(link), status: 303)
    }
}

/// A page that is made anew each time somebody asks.
struct LivePage: Sendable {
    struct Picture: Sendable {
        var page: HTML
        var at: Instant
    }

    let render: @Sendable () async throws -> Picture
}

extension PageRequest {
    /// A GET of an address.
    ///
    /// - Returns: `nil` for what is no path with a query, or has too many parts.
    init?(address: String) {
        let sides = address.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = sides.first, first.hasPrefix("/"),
            let query = Form(sides.count > 1 ? sides[1].prefix { $0 != "#" } : "")
        else { return nil }
        let parts = first.split(separator: "/").map { Form.decoded($0, plusIsSpace: false) }
        let path = parts.compactMap(\.self)
        guard path.count == parts.count, path.count <= 8 else { return nil }
        self.init(method: .get, path: path, address: address, query: query, form: Form(), peer: "")
    }
}
