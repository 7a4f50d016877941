public import HummingbirdCore
public import Logging
internal import NIOCore

extension HTTPServerBuilder {
    /// HTTP/1.1 whose connections and requests are held to limits, so that nobody keeps others out by being slow or many.
    ///
    /// The configuration of the server needs no `availableConnectionsDelegate`: that would leave probes waiting.
    public static func guarded(_ guarding: HTTPGuarding, log: Logger) -> HTTPServerBuilder {
        let door = ConnectionGuard(guarding, log: log)
        let probes = guarding.probes
        let configuration = HTTP1Channel.Configuration(
            additionalChannelHandlers: [RequestWatch(probes: probes)],
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: guarding.requests.headBytes / 2, maxHeaderListSize: guarding.requests.headBytes,
                maxHeaderFieldCount: 64))
        return HTTPServerBuilder { responder in
            GuardedChannel(base: HTTP1Channel(responder: responder, configuration: configuration), door: door)
        }
    }
}

/// A connection with a watch before everything else.
struct GuardedChannel: ServerChildChannel {
    typealias Value = HTTP1Channel.Value

    let base: HTTP1Channel
    let door: ConnectionGuard

    private struct NoPlace: Error {}

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        let door = door
        return channel.eventLoop.makeCompletedFuture {
            guard let (id, place) = door.admit(channel) else {
                channel.close(promise: nil)
                throw NoPlace()
            }
            // Whatever becomes of it, its place is given back.
            channel.closeFuture.whenComplete { _ in door.remove(id) }
            try channel.pipeline.syncOperations.addHandler(ConnectionWatch(door, id: id, place: place))
        }.flatMap { base.setup(channel: channel, logger: logger) }
    }

    func handle(value: Value, logger: Logger) async {
        await base.handle(value: value, logger: logger)
    }
}
