/// Where a program's settings come from: they can be read again, since files change.
public struct SettingsOrigin: Sendable {
    private let flags: [SettingName: String]
    private let configurationFile: String?
    private let environment: [String: String]

    /// - Parameters: as `Settings.read` takes them.
    public init(flags: [SettingName: String], configurationFile: String?, environment: [String: String]) {
        self.flags = flags
        self.configurationFile = configurationFile
        self.environment = environment
    }

    /// Reads and checks all settings, as they are by now.
    ///
    /// - Throws: `SettingsError` with everything that is wrong.
    public func read() throws(SettingsError) -> Settings {
        try Settings.read(flags: flags, configurationFile: configurationFile, environment: environment)
    }
}

extension SettingsOrigin: CustomReflectable {
    /// Nothing: flags and environment may hold a password.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
