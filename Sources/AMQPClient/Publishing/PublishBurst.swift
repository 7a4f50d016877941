internal import CRabbitMQ

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

extension Connection {
    /// Publishes messages one after the other, with as few writes as they fit in; over TLS like ``publish(_:)``.
    ///
    /// The same holds as for ``publish(_:)``: call ``receive(waitingAtMost:)`` before, and publish nothing while the
    /// connection is blocked. If the broker reads nothing for ``ConnectionOptions/writeTimeout``, the connection ends.
    ///
    /// - Returns: the number that the last message's ``Confirmation`` will carry.
    /// - Throws: ``AMQPError/Code/invalidArgument`` for a message that can't be sent, after those before it were; any
    ///   other error ends the connection.
    @discardableResult
    public func publish(contentsOf messages: some Sequence<OutgoingMessage>) throws(AMQPError) -> UInt64 {
        guard !endpoint.isTLS else {
            for message in messages { try publish(message) }
            return lastSequence
        }
        try requireChannel(during: "publish")
        let frames = burstBuffer
        for message in messages {
            do throws(AMQPError) {
                try append(message, to: frames)
            } catch {
                // Those before it were counted; after a failed write nothing is left of them here.
                try write(frames)
                throw error
            }
            if confirmsAreOn { lastSequence += 1 }
            if frames.isFull { try write(frames) }
        }
        try write(frames)
        return lastSequence
    }

    private func append(_ message: OutgoingMessage, to frames: FrameBuffer) throws(AMQPError) {
        try check(message)
        arena.recycle()
        var properties = try message.properties.encoded(in: arena)
        let publish = amqp_basic_publish_t(
            ticket: 0, exchange: try arena.bytes(message.exchange), routing_key: try arena.bytes(message.routingKey),
            mandatory: message.mandatory ? 1 : 0, immediate: 0)
        let start = frames.count
        guard frames.append(AMQP_BASIC_PUBLISH_METHOD, publish, channel: Self.channel),
            frames.append(&properties, bodySize: message.body.count, channel: Self.channel)
        else {
            frames.truncate(to: start)
            throw refusal("publish", "the library can't encode the message's properties")
        }
        let largest = Int(frameMax) - 8
        var rest = message.body[...]
        while !rest.isEmpty {
            let part = rest.prefix(largest)
            part.withUnsafeBytes { frames.append(body: $0, channel: Self.channel) }
            rest = rest.dropFirst(part.count)
            // A body of many frames; its start may go out already.
            if frames.isFull, !rest.isEmpty { try write(frames) }
        }
    }

    /// Sends all frames, waiting for the socket where it takes no more.
    private func write(_ frames: FrameBuffer) throws(AMQPError) {
        guard frames.count > 0 else { return }
        defer { frames.removeAll() }
        _ = try link.library(during: "publish")
        var rest = frames.bytes
        while !rest.isEmpty {
            let sent = crabbitmq_send(link.fileDescriptor, rest.baseAddress, rest.count)
            if sent > 0 {
                rest = UnsafeRawBufferPointer(rebasing: rest[Int(sent)...])
                continue
            }
            let number = errno
            switch number {
            case EINTR: continue
            case EAGAIN, EWOULDBLOCK: try waitUntilWritable()
            default: throw link.fail(writeError(.connectionLost, String(cString: strerror(number))))
            }
        }
    }

    private func waitUntilWritable() throws(AMQPError) {
        var descriptor = pollfd(fd: link.fileDescriptor, events: Int16(POLLOUT), revents: 0)
        let milliseconds = Int32(clamping: options.writeTimeout.components.seconds * 1_000)
        let ready = poll(&descriptor, 1, milliseconds)
        if ready == 0 {
            throw link.fail(writeError(.timedOut, "the broker has read nothing for \(options.writeTimeout)"))
        }
        if ready < 0, errno != EINTR {
            throw link.fail(writeError(.connectionLost, String(cString: strerror(errno))))
        }
    }

    private func writeError(_ code: AMQPError.Code, _ detail: String) -> AMQPError {
        AMQPError(code, during: "publish", detail: detail, scope: .connection, endpoint: endpoint.address)
    }
}
