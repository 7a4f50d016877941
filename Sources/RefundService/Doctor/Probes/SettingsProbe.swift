import AMQPClient
import Foundation

extension SettingsSafety {
    /// What of the settings matters for safety.
    init(_ settings: Settings, file: Doctor.ConfigurationFileUse?) {
        let remote = settings.amqp.nodes.filter { !$0.isLocal }
        plainNodes = remote.filter { !$0.isTLS }.map(\.address)
        unverifiedNodes = settings.amqp.nodes.filter { $0.parameters.verifiesPeer == false }.map(\.address)
        guestNodes = remote.filter { $0.user == "guest" }.map(\.address)
        if case .sqlite(let path) = settings.store, !path.hasPrefix("/"), path != ":memory:" { relativeStore = path }
        if let file, file.holdsSecret, SettingsSafety.isOpen(file.path) { openFile = file.path }
    }

    private static func isOpen(_ path: String) -> Bool {
        let mode = (try? FileManager.default.attributesOfItem(atPath: path))?[.posixPermissions] as? NSNumber
        return (mode?.intValue ?? 0) & 0o004 != 0
    }
}

extension Endpoint {
    /// What goes there does not leave this machine.
    fileprivate var isLocal: Bool {
        host.hasPrefix("127.") || host == "localhost" || host == "::1"
    }
}
