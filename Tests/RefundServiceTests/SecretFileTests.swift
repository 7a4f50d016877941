import AMQPClient
import Foundation
import RefundService
import Testing

@Suite("Secrets from files")
struct SecretFileTests {
    private let url = "amqp://me:s3cret@mq:5673/"

    /// A file that only its owner may read, unless told otherwise.
    private func inFile<Value>(_ bytes: some Sequence<UInt8>, mode: Int = 0o600, _ body: (String) throws -> Value)
        throws -> Value
    {
        let path = FileManager.default.temporaryDirectory.appending(path: "refund-secret-\(UUID().uuidString)").path
        try Data(bytes).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        defer { removeFile(path) }
        return try body(path)
    }

    private func inFile<Value>(_ text: String, mode: Int = 0o600, _ body: (String) throws -> Value) throws -> Value {
        try inFile(Array(text.utf8), mode: mode, body)
    }

    @Test("one line's end at the end is not part of the value", arguments: ["", "\n", "\r\n"])
    func lineEnd(end: String) throws {
        try inFile(url + end) { path in
            let variable = try Settings.read(environment: ["REFUND_WORKER_AMQP_URL_FILE": path])
            #expect(variable.amqp.nodes.map(\.address) == ["mq:5673"])
            #expect(variable.openSecrets == [])
            try inFile("amqp: {url_file: \(path)}") { yaml in
                let file = try Settings.read(configurationFile: yaml, environment: [:])
                #expect(file.amqp.nodes.map(\.address) == ["mq:5673"])
            }
        }
        try inFile("sqlite:/var/x.sqlite" + end) { path in
            let settings = try Settings.read(environment: ["REFUND_WORKER_STORE_URL_FILE": path])
            #expect(settings.store == .sqlite(path: "/var/x.sqlite"))
        }
        try inFile("sqlite:/var/x.sqlite\n\n") { path in
            let settings = try Settings.read(environment: ["REFUND_WORKER_STORE_URL_FILE": path])
            #expect(settings.store == .sqlite(path: "/var/x.sqlite\n"))
        }
    }

    @Test("the file counts where what names it counts: after flags, and before the configuration file")
    func precedence() throws {
        try inFile(url) { path in
            let environment = ["REFUND_WORKER_AMQP_URL_FILE": path]
            let flag = try Settings.read(flags: [.amqpURL: "amqp://first/"], environment: environment)
            #expect(flag.amqp.nodes.map(\.host) == ["first"])
            try inFile("amqp: {url: \"amqp://last/\"}") { yaml in
                let file = try Settings.read(configurationFile: yaml, environment: environment)
                #expect(file.amqp.nodes.map(\.host) == ["mq"])
            }
        }
    }

    /// The problems, when reading fails.
    private func problems(yaml: String? = nil, environment: [String: String] = [:]) throws -> [String] {
        try inFile(yaml ?? "") { path in
            let error = try #require(throws: SettingsError.self) {
                _ = try Settings.read(configurationFile: path, environment: environment)
            }
            #expect(!error.description.contains("s3cret"))
            return error.problems
        }
    }

    @Test("giving both is an error, in the environment and in the file")
    func both() throws {
        try inFile(url) { path in
            let environment = ["REFUND_WORKER_AMQP_URL": url, "REFUND_WORKER_AMQP_URL_FILE": path]
            let first = try problems(environment: environment)
            #expect(first.count == 1)
            #expect(first.first?.contains("REFUND_WORKER_AMQP_URL is set as well; keep one of the two") == true)
            let second = try problems(yaml: "amqp:\n  url: \"\(url)\"\n  url_file: \(path)\n")
            #expect(second.count == 1)
            #expect(second.first?.contains(":3: amqp.url_file: line 2 gives amqp.url already") == true)
        }
    }

    @Test("a file that is not there, too large or no text is told with the setting and what names it")
    func unreadable() throws {
        let missing = try problems(environment: ["REFUND_WORKER_STORE_URL_FILE": "/no/such/file"])
        #expect(missing.count == 1)
        #expect(
            missing.first?.hasPrefix(
                "environment variable REFUND_WORKER_STORE_URL_FILE (store.url): the file /no/such/file: ") == true)
        #expect(try problems(yaml: "store: {url_file: /no/such/file}").first?.contains(":1: store.url_file: ") == true)
        for bytes in [[UInt8](repeating: 0x61, count: 16_385), [0xFF, 0xFE]] {
            try inFile(bytes) { path in
                let told = try problems(environment: ["REFUND_WORKER_AMQP_URL_FILE": path])
                #expect(told.count == 1)
            }
        }
    }

    @Test("a wrong value in it is told with what names the file, and never repeated")
    func wrongValue() throws {
        try inFile("http://me:s3cret@mq/") { path in
            let problem = try problems(environment: ["REFUND_WORKER_AMQP_URL_FILE": path]).first
            #expect(
                problem?.hasPrefix("environment variable REFUND_WORKER_AMQP_URL_FILE: \(path) (amqp.url): ") == true)
        }
    }

    @Test("only settings that may hold a password have a file, and a name that is nearly one is told")
    func names() throws {
        #expect(
            try problems(environment: ["REFUND_WORKER_HTTP_PORT_FILE": "x"]).first?.contains("no such setting") == true)
        #expect(
            try problems(environment: ["REFUND_WORKER_AMQP_URI_FILE": "x"]).first?
                .contains("did you mean REFUND_WORKER_AMQP_URL_FILE?") == true)
        #expect(try problems(yaml: "amqp: {url_fle: x}").first?.contains("did you mean amqp.url_file?") == true)
        #expect(try problems(yaml: "amqp: {prefix_file: x}").first?.contains("amqp.prefix_file is no setting") == true)
    }

    @Test("a URL in the place of its file's name, or one that YAML has cut into names, is told without it")
    func misplaced() throws {
        let wrong =
            try problems(environment: ["REFUND_WORKER_STORE_URL_FILE": "postgresql://me:s3cret@db/refunds"])
            + problems(yaml: "amqp: {url_file: 'amqp://me:s3cret@mq/'}")
            + problems(yaml: "store: {url: postgresql://me:s3cret,s3cret2@db/refunds}")
            + problems(yaml: "store: {url: postgresql://me:x,s3cret,s3cret,y@db/refunds}")
        #expect(wrong.count >= 4)
        #expect(!wrong.joined().contains("s3cret"))
    }

    @Test("a secret that everybody may read is known, wherever it stands")
    func openSecrets() throws {
        try inFile(url, mode: 0o644) { path in
            let environment = ["REFUND_WORKER_AMQP_URL_FILE": path]
            #expect(try Settings.read(environment: environment).openSecrets == [path])
            try inFile("amqp: {url_file: \(path)}", mode: 0o644) { yaml in
                let settings = try Settings.read(configurationFile: yaml, environment: [:])
                #expect(settings.openSecrets == [path])
            }
        }
        try inFile("amqp: {url: \"\(url)\"}", mode: 0o644) { yaml in
            let settings = try Settings.read(configurationFile: yaml, environment: [:])
            #expect(settings.openSecrets == [yaml])
        }
        try inFile("http: {port: 1}", mode: 0o644) { yaml in
            let settings = try Settings.read(configurationFile: yaml, environment: [:])
            #expect(settings.openSecrets == [])
        }
    }

    @Test("the overview shows where each value came from, and no user or password of either URL")
    func overview() throws {
        try inFile("postgresql://me:s3cret@db:5433/refunds?sslmode=verify-full") { path in
            let shown = try Settings.overview(
                environment: [
                    "REFUND_WORKER_STORE_URL_FILE": path, "REFUND_WORKER_AMQP_URL": "amqps://me:s3cret@mq/shop%2Fone",
                ])
            let store = try #require(shown.first { $0.definition.name == .storeURL })
            #expect(store.value == "postgresql://db:5433/refunds")
            #expect(store.source == .environmentFile(.storeURL, path: path))
            #expect(store.source.kind == "environment")
            let broker = try #require(shown.first { $0.definition.name == .amqpURL })
            #expect(broker.value == "amqps://mq:5671/shop%2Fone")
            #expect(!"\(shown)".contains("s3cret"))
        }
    }
}
