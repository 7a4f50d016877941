internal import CRabbitMQ

extension Properties {
    /// Copies what the library has decoded; only properties whose flag is set are read, the others hold no value.
    ///
    /// - Parameters:
    ///   - wire: the library's properties.
    ///   - size: how many bytes they took on the wire.
    ///   - maximumHeaderSize: above this, the headers are dropped.
    init(_ wire: amqp_basic_properties_t, size: Int, maximumHeaderSize: Int) {
        var isTextValid = true
        func text(_ flag: Int32, _ bytes: amqp_bytes_t) -> String? {
            guard wire._flags & amqp_flags_t(flag) != 0 else { return nil }
            let (string, isValid) = bytes.text
            if !isValid { isTextValid = false }
            return string
        }
        func has(_ flag: Int32) -> Bool { wire._flags & amqp_flags_t(flag) != 0 }

        contentType = text(AMQP_BASIC_CONTENT_TYPE_FLAG, wire.content_type)
        contentEncoding = text(AMQP_BASIC_CONTENT_ENCODING_FLAG, wire.content_encoding)
        deliveryMode = has(AMQP_BASIC_DELIVERY_MODE_FLAG) ? wire.delivery_mode : nil
        priority = has(AMQP_BASIC_PRIORITY_FLAG) ? wire.priority : nil
        correlationID = text(AMQP_BASIC_CORRELATION_ID_FLAG, wire.correlation_id)
        replyTo = text(AMQP_BASIC_REPLY_TO_FLAG, wire.reply_to)
        expiration = text(AMQP_BASIC_EXPIRATION_FLAG, wire.expiration)
        messageID = text(AMQP_BASIC_MESSAGE_ID_FLAG, wire.message_id)
        timestamp = has(AMQP_BASIC_TIMESTAMP_FLAG) ? wire.timestamp : nil
        type = text(AMQP_BASIC_TYPE_FLAG, wire.type)
        userID = text(AMQP_BASIC_USER_ID_FLAG, wire.user_id)
        applicationID = text(AMQP_BASIC_APP_ID_FLAG, wire.app_id)
        clusterID = text(AMQP_BASIC_CLUSTER_ID_FLAG, wire.cluster_id)
        damage = isTextValid ? nil : .textIsNotUTF8
        guard has(AMQP_BASIC_HEADERS_FLAG) else { return }
        guard size <= maximumHeaderSize else {
            damage = .headersTooLarge
            return
        }
        var decoding = FieldTableDecoding()
        headers = decoding.table(wire.headers)
        if headers == nil {
            damage = .headersTooDeep
        } else if !decoding.isTextValid {
            damage = .textIsNotUTF8
        }
    }
}
