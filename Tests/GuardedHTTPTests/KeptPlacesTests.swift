import HTTPTypes
import Logging
import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import Testing

@testable import GuardedHTTP

/// A connection's own handlers, told bytes without a socket.
@Suite("Places that are kept for probes")
struct KeptPlacesTests {
    private static let guarding = HTTPGuarding(
        connections: ConnectionLimits(inAll: 1, byAddress: 1, forProbes: 1), requests: RequestLimits(bodyBytes: 100),
        probes: ["/healthz"])

    /// Answers what is asked with its path.
    private final class Answerer: ChannelInboundHandler {
        typealias InboundIn = HTTPRequestPart
        typealias OutboundOut = HTTPResponsePart

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard case .head(let head) = unwrapInboundIn(data) else { return }
            let text = ByteBuffer(string: "answer to \(head.path ?? "")")
            let fields: HTTPFields = [.contentLength: "\(text.readableBytes)"]
            context.write(wrapOutboundOut(.head(HTTPResponse(status: .ok, headerFields: fields))), promise: nil)
            context.write(wrapOutboundOut(.body(text)), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }

    private func connection(_ place: ConnectionLedger.Place) throws -> EmbeddedChannel {
        let door = ConnectionGuard(
            KeptPlacesTests.guarding, log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let channel = EmbeddedChannel()
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(ConnectionWatch(door, id: 1, place: place))
        try pipeline.configureHTTPServerPipeline(withPipeliningAssistance: false, withErrorHandling: false)
        try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
        try pipeline.addHandler(RequestWatch(probes: KeptPlacesTests.guarding.probes))
        try pipeline.addHandler(Answerer())
        return channel
    }

    private func ask(_ path: String, _ channel: EmbeddedChannel) throws -> String {
        try channel.writeInbound(ByteBuffer(string: "GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n"))
        var answer = ""
        while let bytes = try channel.readOutbound(as: ByteBuffer.self) { answer += String(buffer: bytes) }
        return answer
    }

    @Test("a probe is answered there, once, and whoever asks for something else is told to come back")
    func kept() throws {
        let probe = try connection(.kept)
        let answer = try ask("/healthz?from=kubelet", probe)
        #expect(answer.contains("200 OK") && answer.contains("answer to /healthz") && answer.contains("close"))
        #expect(try ask("/healthz", probe).isEmpty, "it is being closed")
        for path in ["/metrics", "/healthz/..", "//healthz", "/"] {
            let answer = try ask(path, try connection(.kept))
            #expect(answer.hasPrefix("HTTP/1.1 503") && answer.lowercased().contains("retry-after: 10"), "\(answer)")
            #expect(!answer.contains("answer to"))
        }
    }

    @Test("elsewhere everything is answered, again and again")
    func regular() throws {
        let channel = try connection(.regular)
        for path in ["/healthz", "/metrics", "/"] {
            #expect(try ask(path, channel).contains("answer to \(path)"))
        }
    }
}
