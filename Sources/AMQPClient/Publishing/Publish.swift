internal import CRabbitMQ

extension Connection {
    /// Asks the broker to confirm what is published from here on; ``publish(_:)`` counts from 1.
    public func enableConfirms() throws(AMQPError) {
        guard !confirmsAreOn else { return }
        _ = try call(
            AMQP_CONFIRM_SELECT_METHOD,
            amqp_confirm_select_t(nowait: 0),
            expecting: AMQP_CONFIRM_SELECT_OK_METHOD,
            during: "enable confirms"
        )
        confirmsAreOn = true
    }

    /// Publishes a message.
    ///
    /// Before a burst call ``receive(waitingAtMost:)`` with `.zero`: the library gives up in the middle of a publish if
    /// it has not been made to read for two heartbeat intervals, and only reading tells that the broker has blocked the
    /// connection. While it is blocked, publish nothing: the broker reads no more, and once the kernel's buffers are
    /// full, publishing waits for up to ``ConnectionOptions/writeTimeout`` and then ends the connection.
    ///
    /// - Returns: the number that the broker's ``Confirmation`` will carry, counted from 1; 0 without
    ///   ``enableConfirms()``.
    /// - Throws: ``AMQPError/Code/invalidArgument`` before anything is sent; any other error ends the connection, since
    ///   part of the message may have been sent.
    @discardableResult
    public func publish(_ message: OutgoingMessage) throws(AMQPError) -> UInt64 {
        try requireChannel(during: "publish")
        try check(message)
        arena.recycle()
        var properties = try message.properties.encoded(in: arena)
        let exchange = try arena.bytes(message.exchange)
        let routingKey = try arena.bytes(message.routingKey)
        let state = try link.library(during: "publish")
        let status = message.body.withUnsafeBytes { body in
            amqp_basic_publish(
                state,
                Self.channel,
                exchange,
                routingKey,
                message.mandatory ? 1 : 0,
                0,
                &properties,
                // The library only reads the body.
                amqp_bytes_t(len: body.count, bytes: UnsafeMutableRawPointer(mutating: body.baseAddress))
            )
        }
        guard status == AMQP_STATUS_OK.rawValue else {
            throw link.fail(LibraryStatus(number: status), during: "publish")
        }
        pushLastFrame(bodySize: message.body.count)
        guard confirmsAreOn else { return 0 }
        lastSequence += 1
        return lastSequence
    }

    /// Refuses a message that would break off in the middle.
    func check(_ message: OutgoingMessage) throws(AMQPError) {
        guard message.exchange.utf8.count <= 255, message.routingKey.utf8.count <= 255 else {
            throw refusal("publish", "the exchange's name or the routing key is longer than 255 bytes")
        }
        // 8 bytes of every frame are its type, channel, length and end mark (section 2.3.5).
        guard try message.properties.wireSize() <= Int(frameMax) - 8 else {
            throw refusal("publish", "the properties do not fit in a frame of \(frameMax) bytes")
        }
    }

    /// The library says "more follows" with every full body frame, even with the last one: a body that fills its frames
    /// exactly would wait 200 ms in the kernel.
    private func pushLastFrame(bodySize: Int) {
        guard bodySize > 0, bodySize % (Int(frameMax) - 8) == 0, !endpoint.isTLS else { return }
        _ = crabbitmq_push_queued_segments(link.fileDescriptor)
    }
}
