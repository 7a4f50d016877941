import AMQPClient
import PostgresStore
import RefundMessages
import RefundWorker

extension Settings {
    /// Reads and checks all settings: flags first, then the environment, then the file, then the defaults.
    ///
    /// - Parameters:
    ///   - flags: what the command line says, by setting.
    ///   - configurationFile: `--config`; without it the environment's `REFUND_WORKER_CONFIG` counts.
    ///   - environment: all variables of the process.
    /// - Throws: `SettingsError` with everything that is wrong.
    public static func read(
        flags: [SettingName: String] = [:], configurationFile: String? = nil, environment: [String: String]
    ) throws(SettingsError) -> Settings {
        let sources = try SettingSources(flags: flags, environment: environment, file: configurationFile)
        var reading = SettingsReading(sources: sources)
        let broker = reading.broker()
        let store = reading.store()
        let settings = Settings(
            amqp: broker, store: store, policyFile: reading.file(.policyFile),
            http: HTTPSettings(
                host: reading.host(.httpHost), port: reading.optionalInteger(.httpPort, in: 0...65_535).map(UInt16.init)
            ),
            console: reading.console(),
            log: LogSettings(
                level: reading.choice(.logLevel, standard: LogLevel.info),
                format: reading.choice(.logFormat, standard: LogFormat.text)),
            worker: WorkerSettings(
                name: reading.workerName(), lanes: reading.lanes(on: store),
                batch: reading.integer(.workerBatch, in: 1...2_000),
                linger: reading.duration(.workerLinger, in: .zero...(.seconds(1))),
                drain: reading.duration(.workerDrain, in: .zero...(.seconds(600))),
                parking: reading.duration(.workerParking, in: .zero...(.seconds(7 * 86_400))),
                parkingLimit: reading.integer(.workerParkingLimit, in: 1...100_000),
                parkingBytes: reading.integer(.workerParkingSize, in: 1...10_240) << 20,
                giveBack: reading.duration(.workerGiveBack, in: .seconds(1)...(.seconds(1_500)))),
            openSecrets: sources.openSecrets, storeIdentity: reading.storeIdentity())
        guard reading.problems.isEmpty else { throw SettingsError(problems: reading.problems) }
        return settings
    }
}

/// Reads one setting after the other and gathers what is wrong. Where a value is wrong, something stands in for it,
/// which nobody sees, since the problem is then thrown.
private struct SettingsReading {
    let sources: SettingSources
    var problems: [String] = []

    init(sources: SettingSources) {
        self.sources = sources
    }

    mutating func broker() -> BrokerSettings {
        let heartbeat = duration(.amqpHeartbeat, in: .seconds(1)...(.seconds(600)))
        if heartbeat.components.attoseconds != 0 { refuse(.amqpHeartbeat) }
        return BrokerSettings(
            nodes: nodes(), prefix: prefix(), isSharded: boolean(.amqpSharded), consoleUser: consoleUser(),
            heartbeat: heartbeat, tls: tls())
    }

    private mutating func nodes() -> [Endpoint] {
        do throws(AMQPError) {
            return try Endpoint.list(from: text(.amqpURL))
        } catch {
            refuse(.amqpURL, because: error.detail)
            return []
        }
    }

    private mutating func prefix() -> String {
        let prefix = text(.amqpPrefix)
        // The broker keeps names that start with amq. for itself.
        if !isName(prefix) || prefix.hasPrefix("amq.") { refuse(.amqpPrefix) }
        return prefix
    }

    /// A short string of AMQP's.
    private mutating func consoleUser() -> String {
        let user = text(.amqpConsoleUser)
        if user.utf8.count > 255 || user.unicodeScalars.contains(where: VisibleText.isHidden) {
            refuse(.amqpConsoleUser)
        }
        return user
    }

    mutating func workerName() -> String? {
        let name = text(.workerName)
        if !isName(name) { refuse(.workerName) }
        return name.isEmpty ? nil : name
    }

    /// At most 64 of `A-Z a-z 0-9 . _ : -`.
    private func isName(_ text: String) -> Bool {
        text.utf8.count <= 64
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: ":"),
                    UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }

    private mutating func tls() -> TLSOptions {
        var options = TLSOptions(certificateAuthorityFile: file(.amqpAuthority))
        let certificate = file(.amqpCertificate)
        let key = file(.amqpKey)
        switch (certificate, key) {
        case (let chain?, let key?): options.clientCertificate = .init(chainFile: chain, keyFile: key)
        case (.some, nil): refuse(.amqpCertificate, because: "amqp.tls.key is not set")
        case (nil, .some): refuse(.amqpKey, because: "amqp.tls.certificate is not set")
        case (nil, nil): break
        }
        return options
    }

    mutating func store() -> StoreLocation {
        let url = text(.storeURL)
        if url.hasPrefix("postgresql://") || url.hasPrefix("postgres://") {
            do throws(StoreError) {
                return .postgresql(try PostgresLocation(url))
            } catch {
                refuse(.storeURL, because: error.problem)
            }
        } else if url.hasPrefix("sqlite:"), url.utf8.count > "sqlite:".utf8.count, !url.utf8.contains(0) {
            return .sqlite(path: String(url.dropFirst("sqlite:".count)))
        } else {
            refuse(.storeURL)
        }
        return .sqlite(path: "")
    }

    mutating func storeIdentity() -> StoreIdentity? {
        let text = text(.storeIdentity)
        guard !text.isEmpty else { return nil }
        let identity = StoreIdentity(text)
        if identity == nil { refuse(.storeIdentity) }
        return identity
    }

    /// More than one only where the store takes more than one writer.
    mutating func lanes(on store: StoreLocation) -> Int {
        let lanes = integer(.workerLanes, in: 1...64)
        if case .sqlite = store, lanes > 1 {
            refuse(.workerLanes, because: "SQLite takes one writer; use PostgreSQL (store.url) for more than one lane")
        }
        return lanes
    }

    mutating func console() -> ConsoleSettings {
        let parts = list(.consoleWorkers)
        let workers = parts.compactMap { WorkerAddress($0) }
        if workers.count != parts.count || workers.count > 64 { refuse(.consoleWorkers) }
        return ConsoleSettings(door: consoleDoor(), workers: workers)
    }

    /// A port where there is a token, else a socket: what was said of the other one is refused, not passed over.
    private mutating func consoleDoor() -> ConsoleDoor {
        let host = host(.consoleHost)
        let port = UInt16(integer(.consolePort, in: 0...65_535))
        let blocks = list(.consoleProxies)
        let proxies = blocks.compactMap { AddressBlock($0) }
        if proxies.count != blocks.count || proxies.count > 16 { refuse(.consoleProxies) }
        guard let token = file(.consoleToken) else {
            for name in [SettingName.consoleHost, .consolePort, .consoleProxies] where isSet(name) {
                refuse(
                    name,
                    because: "everybody on this machine could see and decide refunds at a port without console.token; "
                        + "make a token (umask 077; head -c 32 /dev/urandom | base64 > FILE) and name its file by "
                        + "console.token, or leave this out for a socket that only this user can open")
            }
            return .socket(path: socketPath())
        }
        if isSet(.consoleSocket) {
            refuse(
                .consoleSocket,
                because: "console.token is set as well, and its login is for a port; keep one of the two")
        }
        return .port(ConsolePort(host: host, port: port, tokenFile: token, proxies: proxies))
    }

    private mutating func socketPath() -> String {
        let path = isSet(.consoleSocket) ? text(.consoleSocket) : sources.defaultSocket
        if !(1...107).contains(path.utf8.count) || path.utf8.contains(0) { refuse(.consoleSocket) }
        return path
    }

    /// Whether somebody has set it to something.
    private func isSet(_ name: SettingName) -> Bool {
        guard let value = sources.value(of: name), !value.text.isEmpty else { return false }
        if case .defaultValue = value.source { return false }
        return true
    }

    private func list(_ name: SettingName) -> [String] {
        text(name).split(separator: ",").map { $0.filter { $0 != " " } }
    }

    mutating func host(_ name: SettingName) -> String {
        let host = text(name)
        let isName =
            !host.isEmpty && host.utf8.count <= 253
            && host.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") }
        if !isName { refuse(name) }
        return host
    }

    /// A file's path; an empty value is as good as none.
    mutating func file(_ name: SettingName) -> String? {
        guard let path = sources.value(of: name)?.text, !path.isEmpty else { return nil }
        if !isReadableFile(path) { refuse(name, because: "\(path) is no readable file") }
        return path
    }

    mutating func integer(_ name: SettingName, in range: ClosedRange<Int>) -> Int {
        guard let number = Int(text(name)), range.contains(number) else {
            refuse(name)
            return range.lowerBound
        }
        return number
    }

    private mutating func boolean(_ name: SettingName) -> Bool {
        guard let value = Bool(text(name)) else {
            refuse(name)
            return false
        }
        return value
    }

    /// `nil` where nothing is set.
    mutating func optionalInteger(_ name: SettingName, in range: ClosedRange<Int>) -> Int? {
        text(name).isEmpty ? nil : integer(name, in: range)
    }

    mutating func duration(_ name: SettingName, in range: ClosedRange<Duration>) -> Duration {
        guard let duration = DurationText.parse(text(name)), range.contains(duration) else {
            refuse(name)
            return range.lowerBound
        }
        return duration
    }

    mutating func choice<Choice: RawRepresentable<String>>(_ name: SettingName, standard: Choice) -> Choice {
        guard let choice = Choice(rawValue: text(name)) else {
            refuse(name)
            return standard
        }
        return choice
    }

    private func text(_ name: SettingName) -> String {
        sources.value(of: name)?.text ?? ""
    }

    private mutating func refuse(_ name: SettingName, because reason: String? = nil) {
        guard let value = sources.value(of: name) else { return }
        let definition = name.definition
        let problem = reason ?? (definition.isSecret ? "not allowed" : "\"\(value.text.prefix(100))\" is not allowed")
        let setting = if case .file = value.source { "" } else { " (\(name.rawValue))" }
        problems.append("\(value.source)\(setting): \(problem); allowed: \(definition.allowed)")
    }
}
