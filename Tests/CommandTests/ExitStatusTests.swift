import Foundation
import Testing

@Suite("Exit codes and help")
struct ExitStatusTests {
    private static let commands: [[String]] = [
        [], ["run"], ["submit"], ["evaluate"], ["cases"], ["cases", "list"], ["cases", "show"],
        ["cases", "archive"], ["queues"],
        ["queues", "peek"], ["topology"], ["topology", "declare"], ["topology", "check"], ["policy"], ["config"],
        ["doctor"], ["version"], ["completions"],
    ]

    @Test("every command has help with an example, on standard output", arguments: commands)
    func help(command: [String]) throws {
        let outcome = try Executable.run(command + ["--help"])
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("Example"))
        #expect(outcome.output.contains("USAGE: refund-worker"))
        #expect(outcome.errors.isEmpty)
    }

    @Test(
        "every command that answers has --json",
        arguments: commands.filter {
            !["", "run", "cases", "queues", "topology", "completions"].contains($0.joined(separator: " "))
        })
    func json(command: [String]) throws {
        #expect(try Executable.run(command + ["--help"]).output.contains("--json"))
    }

    @Test(
        "wrong usage and wrong configuration end with 2",
        arguments: [
            ["nonsense"], ["submit"], ["submit", "--type", "nonsense", "-"], ["submit", "--skip", "-1", "-"],
            ["submit", "/no/such/file"], ["submit", "-", "-"], ["evaluate", "/no/such/file"], ["evaluate"],
            ["evaluate", "-", "--now", "yesterday"], ["cases", "list", "--limit", "0"],
            ["cases", "list", "--status", "lost"], ["cases", "list", "--due-within", "soon"],
            ["cases", "list", "--store-url", "mysql:x"], ["cases", "show", "not an id"],
            ["cases", "archive", "--to", "x"], ["cases", "archive", "--older-than", "400d"],
            ["cases", "archive", "--older-than", "soon", "--dry-run"],
            ["cases", "archive", "--older-than", "400d", "--to", "x", "--limit", "0"], ["queues", "peek"],
            ["queues", "peek", "refund.requests"], ["queues", "peek", "x", "--limit", "0"],
            ["topology", "check", "--amqp-url", "nonsense"], ["run", "--worker-batch", "0"],
            ["policy", "--policy-file", "/no/such/file"], ["config", "--config", "/no/such/file"],
            ["config", "--worker-lanes", "2"], ["config", "--markdown", "--template"],
            ["doctor", "--only", "brocker"], ["doctor", "--http-port", "70000"],
            ["completions"], ["completions", "csh"],
        ])
    func wrongUse(arguments: [String]) throws {
        let outcome = try Executable.run(arguments)
        #expect(outcome.status == 2, "\(outcome.errors)")
        #expect(!outcome.errors.isEmpty)
        #expect(outcome.output.isEmpty)
    }

    @Test(
        "a text that can't be read is refused with what to give instead",
        arguments: [
            (["cases", "show", "rr 1"], "1 to 128 of A-Z a-z 0-9 . _ : -"),
            (
                ["cases", "review", "rr 1", "--verdict", "close", "--by", "a", "--note", "b"],
                "1 to 128 of A-Z a-z 0-9 . _ : -"
            ),
            (["cases", "retry", "rr-1", "--action-id", "an act"], "1 to 128 of A-Z a-z 0-9 . _ : -"),
            (["cases", "review", "rr-1", "--verdict", "shut", "--note", "b"], "access_withdrawn"),
            (
                ["cases", "review", "rr-1", "--verdict", "void", "--note", "b", "--amount", "1", "--currency", "USD"],
                "approve and close"
            ),
            (["payouts", "pause", "--note", " "], "--note must say why"),
            (["payouts", "resume", "--note", "b", "--pause", "the last"], "1 to 128 of A-Z a-z 0-9 . _ : -"),
            (["evaluate", "--now", "yesterday", "-"], "2022-02-22T09:30:00Z"),
            (["cases", "list", "--due-within", "3x"], "500ms, 2s, 15m, 24h, 7d"),
            (["deadlines", "--due-within", "3x"], "500ms, 2s, 15m, 24h, 7d"),
            (["sandbox", "--delay", "soon"], "500ms, 2s, 15m, 24h, 7d"),
        ])
    func instead(arguments: [String], advice: String) throws {
        let outcome = try Executable.run(arguments)
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains(advice), "\(outcome.errors)")
    }

    @Test("an unknown variable ends with 2 and names the nearest")
    func unknownVariable() throws {
        let outcome = try Executable.run(["policy"], environment: ["REFUND_WORKER_AMPQ_URL": "amqp://me:s3cret@mq/"])
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("did you mean REFUND_WORKER_AMQP_URL?"))
        #expect(!outcome.errors.contains("s3cret"))
    }

    @Test("a broker that is not there ends with 1, and the password is not told")
    func unreachable() throws {
        // Port 1 on loopback is nobody's.
        let outcome = try Executable.run(["topology", "check", "--amqp-url", "amqp://me:s3cret@127.0.0.1:1/"])
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("127.0.0.1:1"))
        #expect(outcome.errors.contains("--amqp-url"))
        #expect(!outcome.errors.contains("s3cret"))
    }

    @Test("a store that is not there ends with 1 and is not made")
    func missingStore() throws {
        try Fixtures.inDirectory { directory in
            let path = directory.appending(path: "none.sqlite").path
            let outcome = try Executable.run(["cases", "list", "--store-url", "sqlite:\(path)"])
            #expect(outcome.status == 1)
            #expect(outcome.errors.contains("none.sqlite"))
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }

    @Test("the policy in force can be read as a policy file")
    func policy() throws {
        let printed = try Executable.run(["policy"])
        #expect(printed.status == 0)
        try Fixtures.inDirectory { directory in
            let file = directory.appending(path: "policy.yaml")
            try Data(printed.output.utf8).write(to: file)
            let checked = try Executable.run(["policy", "--check", file.path])
            #expect(checked.status == 0)
            #expect(checked.output == "valid: standard, 1 version\n")
        }
    }

    @Test(
        "the version and the settings are told, with where each came from, and no password", arguments: [true, false])
    func versionAndSettings(isJSON: Bool) throws {
        #expect(try Executable.run(["--version"]).output.hasPrefix("refund-worker "))
        let config = try Executable.run(
            ["config", "--worker-batch", "7"] + (isJSON ? ["--json"] : []),
            environment: [
                "REFUND_WORKER_AMQP_URL": "amqp://me:s3cret@mq/",
                "REFUND_WORKER_STORE_URL": "postgresql://me:s3cret@db/refunds?sslmode=verify-full",
            ])
        #expect(config.status == 0)
        #expect(!(config.output + config.errors).contains("s3cret"))
        #expect(config.lines.count == (isJSON ? 30 : 31))
        let batch = try #require(config.lines.first { $0.contains("worker.batch") })
        #expect(batch.contains("7") && batch.contains("--worker-batch"))
        #expect(config.output.contains("environment variable REFUND_WORKER_STORE_URL"))
        #expect(try Executable.run(["settings"]).output == Executable.run(["config"]).output, "its former name")
    }

    @Test("every setting has a flag, of the worker or of the operators' page")
    func flags() throws {
        let help = try ["run", "console"].map { try Executable.run([$0, "--help"]).output }.joined()
        let settings = try Executable.run(["config", "--json"]).lines
        #expect(settings.count > 20)
        for line in settings {
            let setting = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            let name = try #require(setting["setting"] as? String)
            #expect(help.contains("--\(name.replacingOccurrences(of: ".", with: "-")) "), "\(name)")
        }
    }

    @Test("a secret that everybody may read is told of on standard error, by its file's name")
    func openSecret() throws {
        try Fixtures.inDirectory { directory in
            let file = directory.appending(path: "amqp-url")
            try Data("amqp://me:s3cret@mq/\n".utf8).write(to: file)
            let environment = ["REFUND_WORKER_AMQP_URL_FILE": file.path]
            for (mode, isTold) in [(0o644, true), (0o640, false)] {
                try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file.path)
                let config = try Executable.run(["config"], environment: environment)
                #expect(config.status == 0)
                #expect(config.output.contains("REFUND_WORKER_AMQP_URL_FILE: \(file.path)"))
                #expect(config.errors.contains("may read \(file.path)") == isTold)
                #expect(!config.output.contains("s3cret"))
            }
        }
    }
}
