internal import HummingbirdCore
internal import RefundService

/// How one gets in, ready to be served.
struct ConsoleEntrance: Sendable {
    let address: BindAddress
    let token: AccessToken?
    let proxies: [AddressBlock]
    private let socket: PrivateSocket?
    private let host: String

    /// - Throws: `SettingsError` for a token's file that holds none, or a socket that others could open.
    init(_ door: ConsoleDoor) throws(SettingsError) {
        switch door {
        case .port(let port):
            token = try AccessToken(file: port.tokenFile)
            address = .hostname(port.host, port: Int(port.port))
            proxies = port.proxies
            host = port.host
            socket = nil
        case .socket(let path):
            PrivateSocket.narrowNewFiles()
            socket = try PrivateSocket(path: path)
            address = .unixDomainSocket(path: path)
            token = nil
            proxies = []
            host = ""
        }
    }

    func opened(at port: Int?) -> Console.Place {
        if let socket {
            socket.narrow()
            return .socket(path: socket.path)
        }
        return .port(address: "http://\(host.contains(":") ? "[\(host)]" : host):\(port ?? 0)/")
    }

    func close() {
        socket?.remove()
    }
}
