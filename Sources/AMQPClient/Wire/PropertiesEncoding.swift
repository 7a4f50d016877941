internal import CRabbitMQ

extension Properties {
    /// The bytes that the properties take in a header frame's payload: class, weight, body size, flags and values.
    ///
    /// - Throws: ``AMQPError/Code/invalidArgument`` if a text is longer than 255 bytes, the headers nest too deep, or the
    ///   properties are damaged.
    func wireSize() throws(AMQPError) -> Int {
        func refuse(_ detail: String) -> AMQPError {
            AMQPError(.invalidArgument, during: "publish", detail: detail, scope: .none)
        }
        if let damage {
            throw refuse("the properties were damaged when they were read (\(damage.rawValue))")
        }
        func textSize(_ text: String?) throws(AMQPError) -> Int {
            guard let text else { return 0 }
            let count = text.utf8.count
            guard count <= 255 else { throw refuse("a property is longer than 255 bytes") }
            return 1 + count
        }
        var size = 14
        size += try textSize(contentType) + textSize(contentEncoding) + textSize(correlationID) + textSize(replyTo)
        size += try textSize(expiration) + textSize(messageID) + textSize(type) + textSize(userID)
        size += try textSize(applicationID) + textSize(clusterID)
        if deliveryMode != nil { size += 1 }
        if priority != nil { size += 1 }
        if timestamp != nil { size += 8 }
        if let headers { size += try FieldTableEncoding.size(of: headers) }
        return size
    }

    /// The properties in the library's form. Their size must have been asked for first: that checks the limits.
    func encoded(in arena: WireArena) throws(AMQPError) -> amqp_basic_properties_t {
        var wire = amqp_basic_properties_t()
        func text(_ flag: Int32, _ text: String?) throws(AMQPError) -> amqp_bytes_t {
            guard let text else { return .none }
            wire._flags |= amqp_flags_t(flag)
            return try arena.bytes(text)
        }
        wire.content_type = try text(AMQP_BASIC_CONTENT_TYPE_FLAG, contentType)
        wire.content_encoding = try text(AMQP_BASIC_CONTENT_ENCODING_FLAG, contentEncoding)
        wire.correlation_id = try text(AMQP_BASIC_CORRELATION_ID_FLAG, correlationID)
        wire.reply_to = try text(AMQP_BASIC_REPLY_TO_FLAG, replyTo)
        wire.expiration = try text(AMQP_BASIC_EXPIRATION_FLAG, expiration)
        wire.message_id = try text(AMQP_BASIC_MESSAGE_ID_FLAG, messageID)
        wire.type = try text(AMQP_BASIC_TYPE_FLAG, type)
        wire.user_id = try text(AMQP_BASIC_USER_ID_FLAG, userID)
        wire.app_id = try text(AMQP_BASIC_APP_ID_FLAG, applicationID)
        wire.cluster_id = try text(AMQP_BASIC_CLUSTER_ID_FLAG, clusterID)
        if let deliveryMode {
            wire._flags |= amqp_flags_t(AMQP_BASIC_DELIVERY_MODE_FLAG)
            wire.delivery_mode = deliveryMode
        }
        if let priority {
            wire._flags |= amqp_flags_t(AMQP_BASIC_PRIORITY_FLAG)
            wire.priority = priority
        }
        if let timestamp {
            wire._flags |= amqp_flags_t(AMQP_BASIC_TIMESTAMP_FLAG)
            wire.timestamp = timestamp
        }
        if let headers {
            wire._flags |= amqp_flags_t(AMQP_BASIC_HEADERS_FLAG)
            wire.headers = try FieldTableEncoding.table(headers, in: arena)
        }
        return wire
    }
}
