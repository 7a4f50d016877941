internal import CRabbitMQ

extension Connection {
    /// Sends a method on the channel without waiting for an answer.
    func send<Method: BitwiseCopyable>(
        _ id: amqp_method_number_t,
        _ method: Method,
        during operation: String
    ) throws(AMQPError) {
        try requireChannel(during: operation)
        try link.send(id, method, channel: Self.channel, during: operation)
    }

    /// Sends a method on the channel and waits for its answer; events that come meanwhile wait in line.
    ///
    /// - Throws: ``AMQPError/Code/timedOut`` at the limit, or else after ``ConnectionOptions/rpcTimeout``. That ends the
    ///   connection: the answer could come later and be taken for another's.
    func call<Method: BitwiseCopyable>(
        _ id: amqp_method_number_t,
        _ method: Method,
        expecting replies: amqp_method_number_t...,
        until limit: ContinuousClock.Instant? = nil,
        during operation: String
    ) throws(AMQPError) -> Reply {
        try send(id, method, during: operation)
        let deadline = limit ?? ContinuousClock.now + options.rpcTimeout
        while let frame = try link.readFrame(until: deadline, during: operation) {
            switch try interpret(frame, during: operation) {
            case .reply(let reply):
                guard replies.contains(reply.method) else {
                    throw protocolViolation("method \(MethodName.of(reply.method)) came unasked", during: operation)
                }
                return reply
            case .event(let event):
                guard waiting.append(event) else {
                    throw protocolViolation("too much came before the answer to a call", during: operation)
                }
            case nil:
                break
            }
            // The deadline counts for a peer that keeps talking, too.
            if ContinuousClock.now >= deadline { break }
        }
        throw link.fail(
            AMQPError(
                .timedOut,
                during: operation,
                detail: "the broker did not answer in time",
                scope: .connection,
                endpoint: endpoint.address
            )
        )
    }

    /// Throws unless the connection and the channel are there.
    func requireChannel(during operation: String) throws(AMQPError) {
        _ = try link.library(during: operation)
        guard isChannelOpen else {
            throw AMQPError(
                .channelNotOpen,
                during: operation,
                detail: "the broker has closed the channel",
                scope: .channel,
                endpoint: endpoint.address
            )
        }
    }

    /// A name for the wire.
    ///
    /// - Throws: ``AMQPError/Code/invalidArgument`` if it is longer than a short string can be.
    func shortString(_ text: String, during operation: String) throws(AMQPError) -> amqp_bytes_t {
        guard text.utf8.count <= 255 else { throw refusal(operation, "a name is longer than 255 bytes") }
        return try arena.bytes(text)
    }

    /// Arguments for the wire.
    ///
    /// - Throws: ``AMQPError/Code/invalidArgument`` if they would not fit in a frame.
    func arguments(_ table: FieldTable, during operation: String) throws(AMQPError) -> amqp_table_t {
        // 1 KiB leaves room for the names that go with the table, 255 bytes each.
        guard try FieldTableEncoding.size(of: table) <= Int(frameMax) - 1024 else {
            throw refusal(operation, "the arguments do not fit in a frame of \(frameMax) bytes")
        }
        return try FieldTableEncoding.table(table, in: arena)
    }
}
