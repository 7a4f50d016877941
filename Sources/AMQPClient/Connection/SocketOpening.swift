internal import CRabbitMQ

/// Opens the TCP or TLS socket under a connection.
enum SocketOpening {
    /// A link whose socket is connected and, with TLS, verified; no AMQP has been spoken yet.
    static func open(_ endpoint: Endpoint, _ options: ConnectionOptions) throws(AMQPError) -> Link {
        guard let state = amqp_new_connection() else {
            throw AMQPError(.outOfMemory, during: "connect", detail: "no memory for a connection", scope: .connection)
        }
        let link = Link(owning: state, endpoint: endpoint)
        let socket: OpaquePointer
        if endpoint.isTLS {
            socket = try secureSocket(on: state, endpoint, options.tls)
        } else {
            guard let plain = amqp_tcp_socket_new(state) else {
                throw AMQPError(.outOfMemory, during: "connect", detail: "no memory for a socket", scope: .connection)
            }
            socket = plain
        }
        var timeout = timeval(options.connectTimeout)
        let status = LibraryStatus(
            number: amqp_socket_open_noblock(socket, endpoint.host, Int32(endpoint.port), &timeout)
        )
        guard status.isSuccess else { throw link.fail(openingError(status, endpoint)) }
        if endpoint.isTLS { link.certificatesEnd = crabbitmq_certificates_end(socket) }
        _ = crabbitmq_limit_unacknowledged(link.fileDescriptor, milliseconds(options.writeTimeout))
        return link
    }

    private static func secureSocket(
        on state: amqp_connection_state_t,
        _ endpoint: Endpoint,
        _ options: TLSOptions
    ) throws(AMQPError) -> OpaquePointer {
        func refuse(_ detail: String) -> AMQPError {
            AMQPError(
                .invalidConfiguration,
                during: "prepare TLS",
                detail: detail,
                scope: .connection,
                endpoint: endpoint.address
            )
        }
        leaveOpenSSLAlone
        guard let socket = amqp_ssl_socket_new(state) else {
            throw AMQPError(.outOfMemory, during: "prepare TLS", detail: "no TLS socket", scope: .connection)
        }
        guard amqp_ssl_socket_set_ssl_versions(socket, AMQP_TLSv1_2, AMQP_TLSvLATEST) == AMQP_STATUS_OK.rawValue else {
            throw refuse("the TLS library does not offer TLS 1.2")
        }
        amqp_ssl_socket_set_verify_peer(socket, options.verifiesPeer ? 1 : 0)
        amqp_ssl_socket_set_verify_hostname(socket, options.verifiesHostName ? 1 : 0)
        if options.verifiesPeer, options.verifiesHostName,
            crabbitmq_require_alternative_name(socket, endpoint.host) != 1
        {
            throw refuse("the TLS library can't check the broker's name")
        }
        if let file = options.certificateAuthorityFile {
            guard amqp_ssl_socket_set_cacert(socket, file) == AMQP_STATUS_OK.rawValue else {
                throw refuse("the CA file \(file) cannot be read or holds no certificate")
            }
        } else if options.verifiesPeer {
            throw refuse("no CA file is given to verify the broker with, and there is no default")
        }
        if let certificate = options.clientCertificate {
            // An empty pass phrase: an encrypted key is refused, where OpenSSL would ask the terminal for it.
            noPassPhrase.withUTF8Buffer { phrase in
                amqp_ssl_socket_set_key_passwd(
                    socket,
                    UnsafeRawPointer(phrase.baseAddress)?.assumingMemoryBound(to: CChar.self)
                )
            }
            let status = amqp_ssl_socket_set_key(socket, certificate.chainFile, certificate.keyFile)
            guard status == AMQP_STATUS_OK.rawValue else {
                throw refuse(
                    "the client certificate \(certificate.chainFile) or its key \(certificate.keyFile) cannot be "
                        + "read, is encrypted, or the two do not belong together"
                )
            }
        }
        crabbitmq_watch_certificates(socket)
        return socket
    }

    /// A static string's bytes live for ever and end with NUL, which the library's pointer needs.
    private static let noPassPhrase: StaticString = ""

    /// OpenSSL 1.1 and later sets itself up; the library's own set-up would do it over what others have set (once for
    /// the process, since the library keeps it in a global).
    private static let leaveOpenSSLAlone: Void = amqp_set_initialize_ssl_library(0)

    private static func openingError(_ status: LibraryStatus, _ endpoint: Endpoint) -> AMQPError {
        let code: AMQPError.Code =
            switch amqp_status_enum(rawValue: status.number) {
            case AMQP_STATUS_SSL_ERROR: .tlsFailed
            case AMQP_STATUS_SOCKET_ERROR, AMQP_STATUS_TCP_ERROR, AMQP_STATUS_CONNECTION_CLOSED: .cannotConnect
            default: status.code
            }
        return AMQPError(
            code,
            during: "connect",
            detail: code == .cannotConnect ? "no TCP connection could be made" : status.text,
            scope: .connection,
            endpoint: endpoint.address
        )
    }

    private static func milliseconds(_ duration: Duration) -> UInt32 {
        let (seconds, attoseconds) = duration.components
        return UInt32(clamping: seconds * 1000 + attoseconds / 1_000_000_000_000_000)
    }
}
