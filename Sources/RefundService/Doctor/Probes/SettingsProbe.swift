import AMQPClient

extension SettingsSafety {
    /// What of the settings matters for safety.
    init(_ settings: Settings) {
        let remote = settings.amqp.nodes.filter { !$0.isLocal }
        plainNodes = remote.filter { !$0.isTLS }.map(\.address)
        unverifiedNodes = settings.amqp.nodes.filter { $0.parameters.verifiesPeer == false }.map(\.address)
        guestNodes = remote.filter { $0.user == "guest" }.map(\.address)
        if case .sqlite(let path) = settings.store, !path.hasPrefix("/"), path != ":memory:" { relativeStore = path }
        openFiles = settings.openSecrets
    }
}

extension Endpoint {
    /// What goes there does not leave this machine.
    fileprivate var isLocal: Bool {
        host.hasPrefix("127.") || host == "localhost" || host == "::1"
    }
}
