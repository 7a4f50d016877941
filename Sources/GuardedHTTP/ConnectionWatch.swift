internal import NIOCore

/// Stands before everything else on a connection, and ends it when its pace or its places say so.
///
/// Belongs to the connection's event loop, as all handlers do.
final class ConnectionWatch: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let door: ConnectionGuard
    private let id: ConnectionLedger.ID
    let place: ConnectionGuard.Place
    private(set) var pace: RequestPace
    private(set) var isClosing = false
    private var bytesSinceClosing = 0
    private var wasBusy = false
    private var timer: (at: Duration, task: Scheduled<Void>)?
    private var context: ChannelHandlerContext?
    /// Says why on the connection; set by whoever stands where answers are written.
    var refuse: ((RequestPace.Refusal) -> Void)?

    /// How long the other side may take to read a refusal: closing at once would throw it away.
    private static let lingering = Duration.seconds(2)
    private static let mostBytesSinceClosing = 1 << 20

    init(_ door: ConnectionGuard, id: ConnectionLedger.ID, place: ConnectionGuard.Place) {
        self.door = door
        self.id = id
        self.place = place
        pace = RequestPace(door.guarding.requests, openedAt: ConnectionWatch.now)
    }

    private static var now: Duration { .nanoseconds(Int64(clamping: NIODeadline.now().uptimeNanoseconds)) }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        schedule()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.task.cancel()
        timer = nil
        self.context = nil
        refuse = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let count = unwrapInboundIn(data).readableBytes
        guard !isClosing else {
            bytesSinceClosing += count
            if bytesSinceClosing > ConnectionWatch.mostBytesSinceClosing { context.close(promise: nil) }
            return
        }
        pace.received(count, at: ConnectionWatch.now)
        context.fireChannelRead(data)
        act(on: pace.parsed())
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if isClosing, case ChannelEvent.inputClosed? = event as? ChannelEvent { return context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        let isUnread = !context.channel.isWritable
        note { pace, now in pace.wrote(isUnread: isUnread, at: now) }
        context.fireChannelWritabilityChanged()
    }

    /// A part of a request or of an answer has passed.
    func note(_ change: (inout RequestPace, Duration) -> RequestPace.Verdict) {
        act(on: change(&pace, ConnectionWatch.now))
        tellDoor()
    }

    private func tellDoor() {
        let isBusy = pace.isBusy && !isClosing
        guard isBusy != wasBusy else { return }
        wasBusy = isBusy
        door.note(id, isBusy: isBusy)
    }

    func act(on verdict: RequestPace.Verdict) {
        guard !isClosing else { return }
        switch verdict {
        case .goOn: schedule()
        case .close: context?.close(promise: nil)
        case .refuse(let refusal):
            refuse?(refusal)
            linger()
        }
    }

    /// Closes once the other side has had time to read what was written last.
    func linger() {
        guard !isClosing, let context else { return }
        isClosing = true
        tellDoor()
        timer?.task.cancel()
        let channel = context.channel
        let task = context.eventLoop.scheduleTask(in: TimeAmount(ConnectionWatch.lingering)) {
            channel.close(promise: nil)
        }
        timer = (ConnectionWatch.now + ConnectionWatch.lingering, task)
        channel.close(mode: .output, promise: nil)
    }

    /// A timer that is early looks again; only one that would be late is set anew.
    private func schedule() {
        guard !isClosing, let context, let deadline = pace.deadline else { return }
        if let timer, timer.at <= deadline { return }
        timer?.task.cancel()
        let wait = max(deadline - ConnectionWatch.now, .zero)
        let task = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(wait)) { [weak self] in
            guard let self else { return }
            timer = nil
            act(on: pace.deadlinePassed(at: ConnectionWatch.now))
        }
        timer = (deadline, task)
    }
}
