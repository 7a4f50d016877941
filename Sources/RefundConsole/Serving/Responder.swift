internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import Logging
internal import NIOCore

/// Stands between Hummingbird and the site: reads what came within its limits, and writes what is answered.
struct Responder: HTTPResponder {
    typealias Context = ConsoleContext

    let site: Site
    let streams: StreamLimit

    /// A form of ours, with a note, has at most some kilobytes.
    private static let largestForm = 65_536
    private static let longestAddress = 4_096

    func respond(to request: Request, context: ConsoleContext) async throws -> Response {
        var request = request
        guard let asked = await read(&request, peer: context.peer) else {
            let problem = PageProblem.invalid("The request is larger than any of ours, or can't be read.")
            return answer(PageResponse(.page(problemPage(problem, for: site.stranger(at: site.now()))), status: 400))
        }
        let response = answer(await site.respond(to: asked))
        return request.method == .head ? response.createHeadResponse() : response
    }

    private func read(_ request: inout Request, peer: String) async -> PageRequest? {
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
        asked.session = request.cookies[Responder.cookie]?.value
        asked.host = request.head.authority
        asked.origin = request.headers[.origin]
        asked.peer = peer
        return asked
    }

    private static let cookie = "refund-console"

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
        var response = Response(status: HTTPResponse.Status(code: page.status), headers: headers, body: body)
        if let session = page.setSession {
            response.setCookie(
                Cookie(
                    name: Responder.cookie, value: session, maxAge: session.isEmpty ? 0 : nil, path: "/",
                    httpOnly: true,
                    sameSite: .strict))
        }
        return response
    }
}

/// What is known of a connection.
struct ConsoleContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The other side's address, without its port.
    let peer: String

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        peer = source.channel.remoteAddress?.ipAddress ?? "unknown"
    }
}
