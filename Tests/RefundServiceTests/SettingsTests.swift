import AMQPClient
import Foundation
import RefundService
import Testing

@Suite("Settings")
struct SettingsTests {
    @Test("without anything set, the defaults are those of the contract")
    func defaults() throws {
        let settings = try Settings.read(environment: ["PATH": "/bin"])
        #expect(settings.amqp.nodes.map(\.address) == ["127.0.0.1:5672"])
        #expect(settings.amqp.prefix == "")
        #expect(settings.amqp.heartbeat == .seconds(15))
        #expect(settings.amqp.tls == TLSOptions())
        #expect(settings.store == .sqlite(path: "refund-worker.sqlite"))
        #expect(settings.policyFile == nil)
        #expect(settings.http == HTTPSettings(host: "127.0.0.1", port: nil))
        #expect(settings.log == LogSettings(level: .info, format: .text))
        #expect(
            settings.worker
                == WorkerSettings(
                    name: nil, lanes: 1, batch: 512, linger: .zero, drain: .seconds(25), parking: .seconds(7_200)))
    }

    @Test(
        "a flag wins over the environment, that over the file, that over the default",
        arguments: [
            (nil, nil, nil, 512), (nil, nil, "3", 3), (nil, "2", "3", 2), ("1", "2", "3", 1), ("1", nil, nil, 1),
        ] as [(String?, String?, String?, Int)])
    func precedence(flag: String?, variable: String?, file: String?, expected: Int) throws {
        let path = try file.map { try temporaryFile("worker:\n  batch: \($0)\n") }
        defer { path.map(removeFile) }
        let settings = try Settings.read(
            flags: flag.map { [.workerBatch: $0] } ?? [:], configurationFile: path,
            environment: variable.map { ["REFUND_WORKER_WORKER_BATCH": $0] } ?? [:])
        #expect(settings.worker.batch == expected)
    }

    @Test("every setting has one name in each source", arguments: SettingName.allCases)
    func names(name: SettingName) throws {
        let variable = "REFUND_WORKER_" + name.rawValue.uppercased().replacing(".", with: "_")
        #expect(name.environmentVariable == variable)
        #expect("--" + name.flag == "--" + name.rawValue.replacing(".", with: "-"))
        #expect(name.definition.name == name)
    }

    @Test("the file is found through REFUND_WORKER_CONFIG, and --config wins")
    func configurationFile() throws {
        let first = try temporaryFile("http: {port: 1}")
        let second = try temporaryFile("http: {port: 2}")
        defer { [first, second].forEach(removeFile) }
        let environment = ["REFUND_WORKER_CONFIG": first]
        #expect(try Settings.read(environment: environment).http.port == 1)
        #expect(try Settings.read(configurationFile: second, environment: environment).http.port == 2)
    }

    @Test(
        "a file of comments, or with an empty section, sets nothing",
        arguments: ["", "# nothing\n", "amqp:\nhttp: {port: 9}"])
    func emptyFile(text: String) throws {
        let path = try temporaryFile(text)
        defer { removeFile(path) }
        #expect(try Settings.read(configurationFile: path, environment: [:]).amqp.nodes.count == 1)
    }

    @Test("a wrong value is told with its setting, its source and what is allowed", arguments: WrongValue.all)
    func wrongValues(wrong: WrongValue) throws {
        let path = try temporaryFile(wrong.inFile)
        defer { removeFile(path) }
        let sources: [(String, () throws -> Settings)] = [
            ("--\(wrong.name.flag)", { try Settings.read(flags: [wrong.name: wrong.value], environment: [:]) }),
            (
                "environment variable \(wrong.name.environmentVariable)",
                { try Settings.read(environment: [wrong.name.environmentVariable: wrong.value]) }
            ),
            ("\(path):\(wrong.line): ", { try Settings.read(configurationFile: path, environment: [:]) }),
        ]
        for (source, read) in sources {
            let error = try #require(throws: SettingsError.self) { _ = try read() }
            let problem = try #require(error.problems.first { $0.hasPrefix(source) }, "\(error)")
            #expect(problem.contains(wrong.name.rawValue))
            #expect(problem.contains("allowed: "))
            #expect(!problem.contains("s3cret"))
        }
    }

    @Test("all that is wrong is told at once")
    func allAtOnce() throws {
        let error = try #require(throws: SettingsError.self) {
            _ = try Settings.read(
                flags: [.httpPort: "-1", .logLevel: "loud"], environment: ["REFUND_WORKER_WORKER_DRAIN": "1y"])
        }
        #expect(error.problems.count == 3)
    }

    @Test("a name that is no setting is told with the nearest one", arguments: Unknown.all)
    func unknownNames(unknown: Unknown) throws {
        let path = try temporaryFile(unknown.file ?? "")
        defer { removeFile(path) }
        let error = try #require(throws: SettingsError.self) {
            _ = try Settings.read(configurationFile: path, environment: unknown.environment)
        }
        #expect(error.description.contains(unknown.expected), "\(error)")
    }

    @Test("a file that is not there, or is no YAML of settings, is told by its path")
    func unreadableFiles() throws {
        for text in ["worker: [", "- a\n- b\n", "amqp: {url: a}\namqp: {url: b}\n", "just words"] {
            let path = try temporaryFile(text)
            defer { removeFile(path) }
            let error = try #require(throws: SettingsError.self) {
                _ = try Settings.read(configurationFile: path, environment: [:])
            }
            #expect(error.description.contains(path), "\(error)")
        }
        let error = try #require(throws: SettingsError.self) {
            _ = try Settings.read(configurationFile: "/no/such/file.yaml", environment: [:])
        }
        #expect(error.description.contains("/no/such/file.yaml"))
    }

    @Test("a client certificate and its key are set together")
    func certificateAndKey() throws {
        let file = try temporaryFile("x")
        defer { removeFile(file) }
        for (given, missing) in [(SettingName.amqpKey, "amqp.tls.certificate"), (.amqpCertificate, "amqp.tls.key")] {
            let error = try #require(throws: SettingsError.self) {
                _ = try Settings.read(flags: [given: file], environment: [:])
            }
            #expect(error.description.contains("\(missing) is not set"))
        }
        let settings = try Settings.read(flags: [.amqpKey: file, .amqpCertificate: file], environment: [:])
        #expect(settings.amqp.tls.clientCertificate != nil)
    }

    @Test("the overview shows values and sources, and no password")
    func overview() throws {
        let shown = try Settings.overview(
            flags: [.workerBatch: "7"], environment: ["REFUND_WORKER_AMQP_URL": "amqp://me:s3cret@mq:5673/"])
        let batch = try #require(shown.first { $0.definition.name == .workerBatch })
        #expect(batch.value == "7")
        #expect(batch.source == .flag(.workerBatch))
        let url = try #require(shown.first { $0.definition.name == .amqpURL })
        #expect(url.value == "amqp://mq:5673")
        #expect(!"\(shown)".contains("s3cret"))
    }

    @Test("the template sets nothing, and with every comment sign taken off the defaults")
    func template() throws {
        let asItIs = try temporaryFile(settingsTemplate())
        // A remark has one space behind its sign; a setting or section that is off has none, or its indentation.
        let inForce = try temporaryFile(
            settingsTemplate().split(separator: "\n").map { line in
                line.hasPrefix("#") && (line.hasPrefix("#  ") || !line.hasPrefix("# ")) ? line.dropFirst() : line
            }.joined(separator: "\n"))
        // The page has its host and port only with a token.
        let token = try temporaryFile("an operator's own words")
        defer { [asItIs, inForce, token].forEach(removeFile) }
        let flags = [SettingName.consoleToken: token]
        let standard = try Settings.read(flags: flags, environment: [:])
        #expect(try Settings.read(flags: flags, configurationFile: asItIs, environment: [:]) == standard)
        // The URLs in it count as secrets, which its file lets everybody read.
        var read = try Settings.read(flags: flags, configurationFile: inForce, environment: [:])
        read.openSecrets = []
        #expect(read == standard)
        let shown = try Settings.overview(flags: flags, configurationFile: inForce, environment: [:])
        // What is empty sets nothing.
        for setting in shown where setting.value?.isEmpty == false && setting.definition.name != .consoleToken {
            #expect("\(setting.source)".hasPrefix(inForce), "\(setting.definition.name.rawValue)")
        }
    }

    @Test("the reference has a row for each setting")
    func reference() {
        for name in SettingName.allCases { #expect(settingsReference().contains("| `\(name.rawValue)` |")) }
    }
}

/// A value that a setting does not take.
struct WrongValue: CustomTestStringConvertible {
    let name: SettingName
    let value: String

    static let all: [WrongValue] = [
        WrongValue(name: .amqpURL, value: "http://me:s3cret@mq/"),
        WrongValue(name: .amqpURL, value: "amqp://me:s3cret@mq/,"),
        WrongValue(name: .amqpPrefix, value: "a b"),
        WrongValue(name: .amqpPrefix, value: "amq.x"),
        WrongValue(name: .amqpHeartbeat, value: "0s"),
        WrongValue(name: .amqpHeartbeat, value: "1500ms"),
        WrongValue(name: .amqpHeartbeat, value: "11m"),
        WrongValue(name: .amqpAuthority, value: "/no/such/ca.pem"),
        WrongValue(name: .storeURL, value: "postgresql://me:s3cret@db/refunds?sslmod=require"),
        WrongValue(name: .storeURL, value: "postgresql://me:s3cret@db/refunds"),
        WrongValue(name: .storeURL, value: "postgresql://me:s3/cret@db/refunds"),
        WrongValue(name: .amqpURL, value: "amqp://me:12/s3cret@mq"),
        WrongValue(name: .storeURL, value: "refunds.sqlite"),
        WrongValue(name: .policyFile, value: "/no/such/policy.yaml"),
        WrongValue(name: .httpHost, value: "a/b"),
        WrongValue(name: .httpPort, value: "65536"),
        WrongValue(name: .httpPort, value: "http"),
        WrongValue(name: .logLevel, value: "loud"),
        WrongValue(name: .logFormat, value: "xml"),
        WrongValue(name: .workerLanes, value: "2"),
        WrongValue(name: .workerBatch, value: "0"),
        WrongValue(name: .workerBatch, value: "2001"),
        WrongValue(name: .workerLinger, value: "2s"),
        WrongValue(name: .workerLinger, value: "5"),
        WrongValue(name: .workerDrain, value: "11m"),
    ]

    var inFile: String {
        let parts = name.components
        var text = "# settings\n"
        for (depth, part) in parts.enumerated() {
            text += String(repeating: "  ", count: depth) + part + ":"
            text += depth == parts.count - 1 ? " \"\(value)\"\n" : "\n"
        }
        return text
    }

    var line: Int { name.components.count + 1 }

    var testDescription: String { "\(name.rawValue) = \(value)" }
}

/// A name that is no setting.
struct Unknown: CustomTestStringConvertible {
    var file: String?
    var environment: [String: String] = [:]
    let expected: String

    static let all: [Unknown] = [
        Unknown(file: "amqp: {ulr: x}", expected: ":1: amqp.ulr is no setting; did you mean amqp.url?"),
        Unknown(
            file: "\nworker:\n  batches: 3", expected: ":3: worker.batches is no setting; did you mean worker.batch?"),
        Unknown(file: "amqp:\n  url: {a: b}", expected: ":2: amqp.url must be one value"),
        Unknown(file: "amqp:\n  url: [a, b]", expected: ":2: amqp.url must be one value"),
        Unknown(file: "zzzzzzzzzz: 1", expected: "zzzzzzzzzz is no setting; see refund-worker config"),
        Unknown(
            environment: ["REFUND_WORKER_STORE_URI": "x"],
            expected: "REFUND_WORKER_STORE_URI: there is no such setting; did you mean REFUND_WORKER_STORE_URL?"),
    ]

    var testDescription: String { expected }
}

@Suite("Durations")
struct DurationTextTests {
    @Test(
        "a whole number and its unit are read",
        arguments: [
            ("500ms", Duration.milliseconds(500)), ("2s", .seconds(2)), ("15m", .seconds(900)),
            ("12h", .seconds(43_200)),
            ("7d", .seconds(604_800)), ("0ms", .zero),
        ])
    func reads(text: String, duration: Duration) {
        #expect(DurationText.parse(text) == duration)
        #expect(DurationText.parse(DurationText.describe(duration)) == duration)
    }

    @Test(
        "anything else is not",
        arguments: ["", "5", "s", "-1s", "1.5s", "1 s", "1S", "1w", "٣s", "99999999999d", "1s "])
    func refuses(text: String) {
        #expect(DurationText.parse(text) == nil)
    }
}
