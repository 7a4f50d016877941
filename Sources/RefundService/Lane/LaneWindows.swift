import AMQPClient
import RefundWorker

/// The consumers of a lane: one for each of its queues, with a window that opens once the process has proven itself.
extension LaneThread {
    /// A running consumer.
    struct QueueWindow {
        var tag: ConsumerTag
        var probation: Probation
    }

    /// Two windows on one channel: a backlog of requests leaves the replies' window open.
    func startConsumers(on connection: Connection) throws(AMQPError) {
        sources = [:]
        for source in [SourceQueue.replies, .requests] {
            let probation = windows[source]?.probation ?? Probation()
            let tag = try connection.consume(queue: name(of: source), prefetch: prefetch(of: source, probation))
            windows[source] = QueueWindow(tag: tag, probation: probation)
            sources[tag] = source
        }
    }

    /// Opens the window with a message that shows that it may be. A prefetch holds for a consumer's whole life, so another
    /// takes its place; what was on its way to the old one still comes.
    func heedWindow(_ isRedelivered: Bool, from source: SourceQueue, on connection: Connection) throws(AMQPError) {
        guard var window = windows[source], window.probation.delivered(isRedelivered: isRedelivered) else { return }
        try connection.cancel(window.tag)
        window.tag = try connection.consume(queue: name(of: source), prefetch: prefetch(of: source, window.probation))
        windows[source] = window
        sources[window.tag] = source
    }

    private func name(of source: SourceQueue) -> String {
        source == .replies ? settings.names.replies : settings.names.requests
    }

    private func prefetch(of source: SourceQueue, _ probation: Probation) -> UInt16 {
        UInt16(clamping: probation.window(Int(source == .replies ? settings.replyPrefetch : settings.requestPrefetch)))
    }
}
