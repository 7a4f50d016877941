internal import HTTPTypes
internal import NIOCore
internal import NIOHTTPTypes

/// Stands where bytes have become parts of requests, and tells the watch.
final class RequestWatch: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let probes: Set<String>
    private var watch: ConnectionWatch?

    init(probes: Set<String>) {
        self.probes = probes
    }

    func handlerAdded(context: ChannelHandlerContext) {
        watch = try? context.pipeline.syncOperations.handler(type: ConnectionWatch.self)
        watch?.refuse = { [weak self] refusal in self?.write(refusal, context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        watch = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let watch, !watch.isClosing else { return }
        watch.note { pace, now in
            switch unwrapInboundIn(data) {
            case .head: return pace.head(at: now)
            case .body(let bytes): return pace.body(bytes.readableBytes)
            case .end: return pace.end(at: now)
            }
        }
        if watch.place == .kept, case .head(let head) = unwrapInboundIn(data), !isProbe(head) {
            watch.act(on: .refuse(.full))
        }
        if !watch.isClosing { context.fireChannelRead(data) }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard let watch, !watch.isClosing else { return context.write(data, promise: promise) }
        switch unwrapOutboundIn(data) {
        case .head(var head):
            if watch.place == .kept { head.headerFields[.connection] = "close" }
            // 1xx goes before an answer.
            if head.status.kind != .informational { watch.note { pace, _ in pace.answerBegan() } }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body: context.write(data, promise: promise)
        case .end:
            context.writeAndFlush(data, promise: promise)
            watch.note { pace, now in pace.answered(at: now) }
            if watch.place == .kept { watch.linger() }
        }
    }

    private func isProbe(_ head: HTTPRequest) -> Bool {
        probes.contains(String((head.path ?? "").prefix { $0 != "?" }))
    }

    private func write(_ refusal: RequestPace.Refusal, _ context: ChannelHandlerContext) {
        let text = ByteBuffer(string: refusal.text + "\n")
        var fields: HTTPFields = [
            .contentType: "text/plain; charset=utf-8", .contentLength: "\(text.readableBytes)", .connection: "close",
        ]
        if refusal == .full { fields[.retryAfter] = "10" }
        context.write(
            wrapOutboundOut(.head(HTTPResponse(status: refusal.status, headerFields: fields))), promise: nil)
        context.write(wrapOutboundOut(.body(text)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
}

extension RequestPace.Refusal {
    fileprivate var status: HTTPResponse.Status {
        switch self {
        case .headTooSlow, .bodyTooSlow: .requestTimeout
        case .headTooLarge: .requestHeaderFieldsTooLarge
        case .bodyTooLarge: .contentTooLarge
        case .full: .serviceUnavailable
        }
    }

    fileprivate var text: String {
        switch self {
        case .headTooSlow: "The request's head did not come in time. Send it again, without pauses."
        case .bodyTooSlow: "The request's body did not come in time. Send it again, without pauses."
        case .headTooLarge: "The request's head is larger than any of ours."
        case .bodyTooLarge: "The request's body is larger than any of ours."
        case .full: "Too many requests are being answered. Try again in a few seconds."
        }
    }
}
