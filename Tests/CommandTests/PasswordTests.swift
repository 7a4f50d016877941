import Foundation
import Testing

@Suite("A password with characters that mean something in a URL")
struct PasswordTests {
    /// Each of its pieces is one that no text of the program's holds.
    private static let pieces = ["qzxa", "wvkb", "jyhc"]

    private static let passwords =
        ["/", "@", "#", "?", "%", ":", ",", "&", "=", "[", " ", "%41", "/?", "?/", "@/", "/@", "#@", "?x=", "/12"]
        .map { pieces.joined(separator: $0) } + [
            "12/\(pieces[0])", "12?\(pieces[0])=x", "12#\(pieces[0])", "12@\(pieces[0])",
        ]

    private static let urls = passwords.flatMap { password in
        [
            ("REFUND_WORKER_STORE_URL", "postgresql://ann:\(password)@127.0.0.1:1/refunds"),
            ("REFUND_WORKER_STORE_URL", "postgresql://ann:\(password)@db.invalid/refunds?sslmode=require"),
            ("REFUND_WORKER_STORE_URL", "postgresql://127.0.0.1:1/refunds?user=ann&password=\(password)"),
            ("REFUND_WORKER_AMQP_URL", "amqp://ann:\(password)@127.0.0.1:1/"),
            ("REFUND_WORKER_AMQP_URL", "amqp://ann:\(password)@127.0.0.1:1"),
            ("REFUND_WORKER_AMQP_URL", "amqps://ann:\(password)@127.0.0.1:1/shop?cacertfile=/etc/none"),
        ]
    }

    @Test("reaches no output of any command", arguments: urls)
    func output(variable: String, url: String) throws {
        for command in [["config"], ["config", "--json"], ["cases", "list"], ["doctor"], ["topology", "check"]] {
            try check(Executable.run(command, environment: [variable: url]), command, url)
        }
    }

    @Test("reaches no output by a flag, a file, or in a wrong place", arguments: passwords)
    func elsewhere(password: String) throws {
        let store = "postgresql://ann:\(password)@127.0.0.1:1/refunds"
        let broker = "amqp://ann:\(password)@127.0.0.1:1/"
        try Fixtures.inDirectory { directory in
            let file = directory.appending(path: "worker.yaml")
            try Data("store: {url: \(store)}\namqp: {url: \(broker)}\n".utf8).write(to: file)
            let block = directory.appending(path: "block.yaml")
            try Data("store:\n  url: \(store)\namqp:\n  url: \(broker)\n".utf8).write(to: block)
            for command in [
                ["config", "--store-url", store], ["cases", "list", "--store-url", store],
                ["topology", "check", "--amqp-url", broker], ["config", "--config", file.path],
                ["config", "--config", block.path], ["config", store], ["run", broker],
            ] {
                try check(Executable.run(command), command, store)
            }
            for variable in ["REFUND_WORKER_STORE_URL_FILE", "REFUND_WORKER_AMQP_URL_FILE"] {
                try check(Executable.run(["config"], environment: [variable: store]), [variable], store)
            }
        }
    }

    private func check(_ outcome: Executable.Outcome, _ command: [String], _ url: String) throws {
        let told = outcome.output + outcome.errors
        for piece in PasswordTests.pieces { #expect(!told.contains(piece), "\(command) \(url): \(told)") }
    }
}
