internal import Glibc
internal import NIOCore

/// Why health and metrics can't be served.
public struct ServingError: Error, CustomStringConvertible {
    public let description: String

    init(_ error: any Error, host: String, port: UInt16) {
        let place = "\(host):\(port)"
        let setting = "http.port (--http-port, REFUND_WORKER_HTTP_PORT)"
        switch (error as? IOError)?.errnoCode {
        case EADDRINUSE:
            description =
                "can't serve health and metrics: port \(port) of \(host) is taken by another process "
                + "(`ss -ltnp 'sport = :\(port)'` shows which); stop it, or set \(setting) to a free port, one for each worker"
        case EACCES, EPERM:
            description =
                "can't serve health and metrics: this user may not listen at \(place); set \(setting) to a port from 1024"
        case EADDRNOTAVAIL:
            description =
                "can't serve health and metrics: \(host) is no address of this machine; set http.host "
                + "(--http-host, REFUND_WORKER_HTTP_HOST) to one, or to 127.0.0.1"
        default:
            description =
                "can't serve health and metrics at \(place): \(error); check http.host and \(setting)"
        }
    }
}
