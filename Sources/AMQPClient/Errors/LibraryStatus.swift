internal import CRabbitMQ

/// A status of librabbitmq: zero is success, everything else is negative (`amqp_status_enum`).
struct LibraryStatus {
    let number: Int32

    var isSuccess: Bool { number >= 0 }
    var isTimeout: Bool { number == AMQP_STATUS_TIMEOUT.rawValue }

    /// The library's own words for it.
    var text: String {
        amqp_error_string2(number).map { String(cString: $0) } ?? "unknown error \(number)"
    }

    /// The kind of failure that it means.
    var code: AMQPError.Code {
        switch amqp_status_enum(rawValue: number) {
        case AMQP_STATUS_NO_MEMORY: .outOfMemory
        case AMQP_STATUS_HOSTNAME_RESOLUTION_FAILED: .hostNotFound
        case AMQP_STATUS_TIMEOUT: .timedOut
        case AMQP_STATUS_HEARTBEAT_TIMEOUT: .heartbeatMissed
        case AMQP_STATUS_BAD_AMQP_DATA, AMQP_STATUS_UNKNOWN_CLASS, AMQP_STATUS_UNKNOWN_METHOD,
            AMQP_STATUS_INCOMPATIBLE_AMQP_VERSION, AMQP_STATUS_WRONG_METHOD, AMQP_STATUS_UNEXPECTED_STATE:
            .protocolViolation
        case AMQP_STATUS_TABLE_TOO_BIG, AMQP_STATUS_INVALID_PARAMETER: .invalidArgument
        case AMQP_STATUS_SSL_HOSTNAME_VERIFY_FAILED, AMQP_STATUS_SSL_PEER_VERIFY_FAILED,
            AMQP_STATUS_SSL_CONNECTION_FAILED:
            .tlsFailed
        default: .connectionLost
        }
    }
}
