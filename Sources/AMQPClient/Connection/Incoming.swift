internal import CRabbitMQ

/// What a frame completed.
enum Incoming {
    /// Something that the broker says by itself.
    case event(Event)
    /// The answer to a call.
    case reply(Reply)
}

/// The answer to a call, with what is worth keeping of it.
struct Reply {
    enum Content {
        case nothing
        case queue(name: String, messages: UInt32, consumers: UInt32)
        case count(UInt32)
        case fetched(Delivery, remaining: UInt32)
        case consumer(name: String)
    }

    let method: amqp_method_number_t
    let content: Content
}

extension Connection {
    /// Reads one frame's meaning: what it completes, or `nil` if there is more to come.
    ///
    /// - Throws: the broker's close, or ``AMQPError/Code/protocolViolation``; both end the channel or the connection.
    func interpret(_ frame: amqp_frame_t, during operation: String) throws(AMQPError) -> Incoming? {
        do {
            switch (frame.channel, Int32(frame.frame_type)) {
            case (_, AMQP_FRAME_HEARTBEAT):
                return nil
            case (0, AMQP_FRAME_METHOD):
                return try connectionMethod(frame.payload.method, during: operation)
            case (Self.channel, AMQP_FRAME_METHOD):
                guard !assembler.isBusy else {
                    throw ProtocolViolation(detail: "a method came in the middle of a message")
                }
                return try channelMethod(frame.payload.method, during: operation)
            case (Self.channel, AMQP_FRAME_HEADER):
                return try assembler.header(frame).map(incoming)
            case (Self.channel, AMQP_FRAME_BODY):
                return try assembler.fragment(frame).map(incoming)
            default:
                throw ProtocolViolation(detail: "a frame of type \(frame.frame_type) came on channel \(frame.channel)")
            }
        } catch let violation as ProtocolViolation {
            throw protocolViolation(violation.detail, during: operation)
        } catch let error as AMQPError {
            throw error
        } catch {
            throw protocolViolation("a frame could not be read", during: operation)
        }
    }

    /// Ends the connection because of what the peer did, and gives the error to throw.
    func protocolViolation(_ detail: String, during operation: String) -> AMQPError {
        link.fail(
            AMQPError(
                .protocolViolation,
                during: operation,
                detail: detail,
                scope: .connection,
                endpoint: endpoint.address
            )
        )
    }

    private func connectionMethod(_ method: amqp_method_t, during operation: String) throws -> Incoming? {
        guard let decoded = method.decoded else { throw ProtocolViolation(detail: "a method had no content") }
        switch method.id {
        case AMQP_CONNECTION_CLOSE_METHOD:
            isChannelOpen = false
            throw link.closedByBroker(decoded.load(as: amqp_connection_close_t.self), during: operation)
        case AMQP_CONNECTION_BLOCKED_METHOD:
            return .event(.blocked(reason: decoded.load(as: amqp_connection_blocked_t.self).reason.text.string))
        case AMQP_CONNECTION_UNBLOCKED_METHOD:
            return .event(.unblocked)
        default:
            throw ProtocolViolation(detail: "method \(MethodName.of(method.id)) came on channel 0")
        }
    }

    private func channelMethod(_ method: amqp_method_t, during operation: String) throws -> Incoming? {
        guard let decoded = method.decoded else { throw ProtocolViolation(detail: "a method had no content") }
        switch method.id {
        case AMQP_BASIC_DELIVER_METHOD:
            try assembler.begin(envelope(decoded.load(as: amqp_basic_deliver_t.self)))
            return nil
        case AMQP_BASIC_GET_OK_METHOD:
            try assembler.begin(envelope(decoded.load(as: amqp_basic_get_ok_t.self)))
            return nil
        case AMQP_BASIC_RETURN_METHOD:
            try assembler.begin(envelope(decoded.load(as: amqp_basic_return_t.self)))
            return nil
        case AMQP_BASIC_ACK_METHOD:
            let ack = decoded.load(as: amqp_basic_ack_t.self)
            return .event(
                .confirmed(.init(sequence: ack.delivery_tag, multiple: ack.multiple != 0, isAcknowledged: true)))
        case AMQP_BASIC_NACK_METHOD:
            let nack = decoded.load(as: amqp_basic_nack_t.self)
            return .event(
                .confirmed(.init(sequence: nack.delivery_tag, multiple: nack.multiple != 0, isAcknowledged: false))
            )
        case AMQP_BASIC_CANCEL_METHOD:
            return .event(.consumerCancelled(try cancelled(decoded.load(as: amqp_basic_cancel_t.self))))
        case AMQP_CHANNEL_CLOSE_METHOD:
            throw channelClosed(decoded.load(as: amqp_channel_close_t.self), during: operation)
        default:
            return claim(Reply(method: method.id, content: Self.content(of: method.id, decoded)))
        }
    }

    private static func content(of method: amqp_method_number_t, _ decoded: UnsafeMutableRawPointer) -> Reply.Content {
        switch method {
        case AMQP_QUEUE_DECLARE_OK_METHOD:
            let reply = decoded.load(as: amqp_queue_declare_ok_t.self)
            return .queue(
                name: reply.queue.text.string,
                messages: reply.message_count,
                consumers: reply.consumer_count
            )
        case AMQP_QUEUE_PURGE_OK_METHOD:
            return .count(decoded.load(as: amqp_queue_purge_ok_t.self).message_count)
        case AMQP_BASIC_CONSUME_OK_METHOD:
            return .consumer(name: decoded.load(as: amqp_basic_consume_ok_t.self).consumer_tag.text.string)
        case AMQP_QUEUE_DELETE_OK_METHOD:
            return .count(decoded.load(as: amqp_queue_delete_ok_t.self).message_count)
        default:
            return .nothing
        }
    }

    /// A consumer that the broker has ended; the broker is answered if it waits for an answer.
    private func cancelled(_ cancel: amqp_basic_cancel_t) throws -> ConsumerTag {
        let tag = ConsumerTag(cancel.consumer_tag.text.string)
        if cancel.nowait == 0 {
            let answer = amqp_basic_cancel_ok_t(consumer_tag: cancel.consumer_tag)
            try link.send(
                AMQP_BASIC_CANCEL_OK_METHOD,
                answer,
                channel: Self.channel,
                during: "answer a consumer's cancellation"
            )
        }
        return tag
    }

    private func channelClosed(_ close: amqp_channel_close_t, during operation: String) -> AMQPError {
        let error = AMQPError(
            AMQPError.Code(replyCode: close.reply_code, scope: .channel),
            during: operation,
            detail: "the broker closed the channel",
            scope: .channel,
            replyCode: close.reply_code,
            replyText: close.reply_text.text.string,
            endpoint: endpoint.address
        )
        isChannelOpen = false
        assembler.reset()
        awaited.removeAll()
        do {
            try link.send(
                AMQP_CHANNEL_CLOSE_OK_METHOD,
                amqp_channel_close_ok_t(),
                channel: Self.channel,
                during: operation
            )
            return error
        } catch {
            return error
        }
    }

    private func envelope(_ deliver: amqp_basic_deliver_t) -> MessageAssembler.Envelope {
        .delivery(
            ConsumerTag(texts.consumerTag.text(deliver.consumer_tag)),
            DeliveryTag(epoch: epoch, number: deliver.delivery_tag),
            redelivered: deliver.redelivered != 0,
            exchange: texts.exchange.text(deliver.exchange),
            routingKey: texts.routingKey.text(deliver.routing_key)
        )
    }

    private func envelope(_ fetched: amqp_basic_get_ok_t) -> MessageAssembler.Envelope {
        .fetched(
            DeliveryTag(epoch: epoch, number: fetched.delivery_tag),
            redelivered: fetched.redelivered != 0,
            exchange: texts.exchange.text(fetched.exchange),
            routingKey: texts.routingKey.text(fetched.routing_key),
            remaining: fetched.message_count
        )
    }

    private func envelope(_ returned: amqp_basic_return_t) -> MessageAssembler.Envelope {
        .returned(
            replyCode: returned.reply_code,
            replyText: returned.reply_text.text.string,
            exchange: returned.exchange.text.string,
            routingKey: returned.routing_key.text.string
        )
    }

    private func incoming(_ message: MessageAssembler.Message) -> Incoming {
        switch message.envelope {
        case .delivery(let consumerTag, let tag, let redelivered, let exchange, let routingKey):
            .event(
                .delivery(
                    Delivery(
                        consumerTag: consumerTag,
                        tag: tag,
                        redelivered: redelivered,
                        exchange: exchange,
                        routingKey: routingKey,
                        properties: message.properties,
                        body: message.body
                    )
                )
            )
        case .fetched(let tag, let redelivered, let exchange, let routingKey, let remaining):
            .reply(
                Reply(
                    method: AMQP_BASIC_GET_OK_METHOD,
                    content: .fetched(
                        Delivery(
                            consumerTag: nil,
                            tag: tag,
                            redelivered: redelivered,
                            exchange: exchange,
                            routingKey: routingKey,
                            properties: message.properties,
                            body: message.body
                        ),
                        remaining: remaining
                    )
                )
            )
        case .returned(let replyCode, let replyText, let exchange, let routingKey):
            .event(
                .returned(
                    ReturnedMessage(
                        replyCode: replyCode,
                        replyText: replyText,
                        exchange: exchange,
                        routingKey: routingKey,
                        properties: message.properties,
                        body: message.body
                    )
                )
            )
        }
    }
}
