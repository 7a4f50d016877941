internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import RefundService

/// Stands between Hummingbird and the site: reads what came within its limits, and writes what is answered.
struct Responder: HTTPResponder {
    typealias Context = ConsoleContext

    let site: Site
    let streams: StreamLimit
    let proxies: [AddressBlock]

    /// Where probes ask whether the console lives.
    static let health = "/healthz"
    /// A form of ours, with a note, has at most some kilobytes.
    static let largestForm = 65_536
    private static let longestAddress = 4_096

    func respond(to request: Request, context: ConsoleContext) async throws -> Response {
        var request = request
        if request.uri.path == Responder.health {
            return Response(
                status: .ok, headers: [.cacheControl: "no-store"], body: ResponseBody(byteBuffer: Responder.alive))
        }
        let visitor = Visitor(
            peer: context.peer, forwardedFor: Responder.forwardedFor.flatMap { request.headers[$0] },
            forwardedProto: Responder.forwardedProto.flatMap { request.headers[$0] }, proxies: proxies)
        let cookies = CookieNames(host: request.head.authority, isSecure: visitor.isSecure)
        guard let asked = await read(&request, visitor, cookies) else {
            let problem = PageProblem.invalid("The request is larger than any of ours, or can't be read.")
            return answer(PageResponse(.page(problemPage(problem, for: site.stranger(at: site.now()))), status: 400))
        }
        let page = await site.respond(to: asked)
        var response = answer(page)
        set(cookies.session, page.setSession, isSecure: visitor.isSecure, on: &response)
        set(cookies.browser, page.setBrowser, isSecure: visitor.isSecure, keptFor: 90 * 86_400, on: &response)
        return request.method == .head ? response.createHeadResponse() : response
    }

    private static let alive = ByteBuffer(string: "alive\n")
    private static let forwardedFor = HTTPField.Name("X-Forwarded-For")
    private static let forwardedProto = HTTPField.Name("X-Forwarded-Proto")

    /// - Parameter seconds: how long the browser keeps it; `nil` until it is closed.
    private func set(
        _ name: String, _ value: String?, isSecure: Bool, keptFor seconds: Int? = nil, on response: inout Response
    ) {
        guard let value else { return }
        response.setCookie(
            Cookie(
                name: name, value: value, maxAge: value.isEmpty ? 0 : seconds, path: "/", secure: isSecure,
                httpOnly: true, sameSite: .strict))
    }

    private func read(_ request: inout Request, _ visitor: Visitor, _ cookies: CookieNames) async -> PageRequest? {
        let address = request.uri.string
        guard address.utf8.count <= Responder.longestAddress, var asked = PageRequest(address: address) else {
            return nil
        }
        switch request.method {
        case .get, .head: break
        case .post:
            guard request.headers[.contentType]?.hasPrefix("application/x-www-form-urlencoded") ?? false,
                let body = try? await request.collectBody(upTo: Responder.largestForm),
                let text = String(validating: body.readableBytesView, as: UTF8.self), let form = Form(text)
            else { return nil }
            asked.method = .post
            asked.form = form
        default: return nil
        }
        asked.session = request.cookies[cookies.session]?.value
        asked.browser = request.cookies[cookies.browser]?.value
        asked.host = request.head.authority
        asked.origin = request.headers[.origin]
        asked.peer = visitor.address
        return asked
    }

    private func answer(_ page: PageResponse) -> Response {
        var headers = HTTPFields()
        for (name, value) in Guarding.headers {
            if let name = HTTPField.Name(name) { headers[name] = value }
        }
        headers[.cacheControl] = "no-store"
        if let seconds = page.retryAfter { headers[.retryAfter] = "\(seconds)" }
        let body: ResponseBody
        switch page.body {
        case .page(let html):
            headers[.contentType] = "text/html; charset=utf-8"
            body = ResponseBody(byteBuffer: ByteBuffer(string: html.markup))
        case .asset(let asset):
            headers[.contentType] = asset.mediaType
            headers[.cacheControl] = "public, max-age=31536000, immutable"
            body = ResponseBody(byteBuffer: ByteBuffer(bytes: asset.bytes))
        case .redirect(let link):
            headers[.location] = link.text
            body = ResponseBody()
        case .live(let live):
            guard let place = streams.take() else { return Response(status: .serviceUnavailable, headers: headers) }
            headers[.contentType] = "text/event-stream"
            body = ResponseBody { writer in
                await EventStream(live: live, place: place).write(to: &writer)
                try await writer.finish(nil)
            }
        }
        return Response(status: HTTPResponse.Status(code: page.status), headers: headers, body: body)
    }
}

/// What is known of a connection.
struct ConsoleContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The other side's address, without its port.
    let peer: String

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        peer = source.channel.remoteAddress?.ipAddress ?? "the socket"
    }
}
