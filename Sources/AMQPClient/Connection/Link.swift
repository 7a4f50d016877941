internal import CRabbitMQ

/// librabbitmq's connection: owns its memory, and ends it at the first error, since after one neither its buffers nor
/// its place in the stream can be trusted.
final class Link {
    let endpoint: Endpoint
    /// Why the link has ended, once it has.
    private(set) var failure: AMQPError?
    private var state: amqp_connection_state_t?
    /// When the first of the certificates ends, in seconds since 1970; 0 where there are none.
    var certificatesEnd: Int64 = 0

    /// Takes over a library connection whose socket is open.
    init(owning state: amqp_connection_state_t, endpoint: Endpoint) {
        self.state = state
        self.endpoint = endpoint
    }

    deinit {
        if let state { _ = amqp_destroy_connection(state) }
    }

    /// The socket, or -1 once the link has ended.
    var fileDescriptor: Int32 {
        state.map { amqp_get_sockfd($0) } ?? -1
    }

    /// Whether bytes or frames have been read from the socket that nobody has asked for yet.
    var hasBufferedInput: Bool {
        guard let state else { return false }
        return amqp_frames_enqueued(state) != 0 || amqp_data_in_buffer(state) != 0
    }

    /// The library's connection, for a call that the link has no method for.
    ///
    /// - Throws: ``AMQPError/Code/notConnected`` if the link has ended.
    func library(during operation: String) throws(AMQPError) -> amqp_connection_state_t {
        guard let state else { throw ended(during: operation) }
        return state
    }

    /// The next frame, or `nil` if none came in time. Sends heartbeats when they are due while it waits.
    ///
    /// The frame's pointers are valid until the next call.
    func readFrame(
        until deadline: ContinuousClock.Instant,
        during operation: String
    ) throws(AMQPError) -> amqp_frame_t? {
        let state = try library(during: operation)
        amqp_maybe_release_buffers(state)
        var frame = amqp_frame_t()
        var timeout = timeval(remainingUntil: deadline)
        let status = LibraryStatus(number: amqp_simple_wait_frame_noblock(state, &frame, &timeout))
        if status.isSuccess { return frame }
        if status.isTimeout { return nil }
        throw fail(status, during: operation)
    }

    /// Sends a method on a channel.
    func send<Method: BitwiseCopyable>(
        _ id: amqp_method_number_t,
        _ method: Method,
        channel: amqp_channel_t,
        during operation: String
    ) throws(AMQPError) {
        let state = try library(during: operation)
        var method = method
        let status = LibraryStatus(number: amqp_send_method(state, channel, id, &method))
        guard status.isSuccess else { throw fail(status, during: operation) }
    }

    /// Sends a heartbeat, whether it is due or not.
    func sendHeartbeat(during operation: String) throws(AMQPError) {
        let state = try library(during: operation)
        var frame = amqp_frame_t()
        frame.frame_type = UInt8(AMQP_FRAME_HEARTBEAT)
        let status = LibraryStatus(number: amqp_send_frame(state, &frame))
        guard status.isSuccess else { throw fail(status, during: operation) }
    }

    /// Ends the link because of a library error, and gives the error to throw.
    func fail(_ status: LibraryStatus, during operation: String) -> AMQPError {
        let error = AMQPError(
            status.code,
            during: operation,
            detail: status.text,
            scope: .connection,
            endpoint: endpoint.address
        )
        return fail(error)
    }

    /// Ends the link because of an error, and gives that error.
    func fail(_ error: AMQPError) -> AMQPError {
        end()
        if failure == nil { failure = error }
        return error
    }

    /// Ends the link: closes the socket without a word and frees the memory. Further calls do nothing.
    func end() {
        guard let state else { return }
        self.state = nil
        _ = amqp_destroy_connection(state)
    }

    /// The error for using a link that has ended.
    func ended(during operation: String) -> AMQPError {
        AMQPError(
            .notConnected,
            during: operation,
            detail: failure.map { "the connection ended earlier, during \($0.operation): \($0.detail)" }
                ?? "the connection was closed",
            scope: .connection,
            endpoint: endpoint.address
        )
    }
}

extension timeval {
    /// The time until a deadline, from zero to a day, rounded up to a microsecond.
    init(remainingUntil deadline: ContinuousClock.Instant) {
        self.init(ContinuousClock.now.duration(to: deadline))
    }

    /// A duration from zero to a day, rounded up to a microsecond.
    init(_ duration: Duration) {
        let bounded = min(max(duration, .zero), .seconds(86_400)).components
        let microseconds = (bounded.attoseconds + 999_999_999_999) / 1_000_000_000_000
        self.init(
            tv_sec: Int(bounded.seconds + microseconds / 1_000_000),
            tv_usec: Int(microseconds % 1_000_000)
        )
    }
}
