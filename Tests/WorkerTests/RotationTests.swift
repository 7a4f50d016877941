import AMQPClient
import Foundation
import Testing

/// A secret that somebody changes while the worker runs: at the broker or the server, and in the file that holds the URL.
@Suite("A password's rotation", .serialized)
struct RotationTests {
    private static let (first, second) = ("first-s3cret", "second-s3cret")

    /// A file that holds a URL.
    private struct URLFile {
        let path: String
        private let url: URLComponents

        init(_ url: String?, in broker: TestBroker) throws {
            path = broker.directory.appendingPathComponent("url").path
            self.url = try #require(URLComponents(string: url ?? ""))
        }

        func write(user: String, password: String) throws {
            var url = url
            (url.user, url.password) = (user, password)
            try write(url.string ?? "")
        }

        func write(_ text: String) throws {
            try text.write(toFile: path, atomically: true, encoding: .utf8)
        }
    }

    private static func environment(_ broker: TestBroker, _ name: String, _ file: URLFile) -> [String: String] {
        var environment = broker.environment
        environment[name] = nil
        environment[name + "_FILE"] = file.path
        return environment
    }

    private static func end(_ worker: WorkerProcess) {
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
        for secret in [first, second, "no-url"] { #expect(!worker.log.contains(secret)) }
    }

    @Test("at the broker: the worker logs in again with what the file says, and is told of a file that is wrong")
    func broker() throws {
        let node = try PrivateNode()
        let broker = try TestBroker(url: node.url)
        let file = try URLFile(node.url, in: broker)
        try node.control("add_user", "rotated", RotationTests.first)
        try node.control("set_permissions", "rotated", ".*", ".*", ".*")
        try file.write(user: "rotated", password: RotationTests.first)
        let worker = try WorkerProcess(
            ["run"], environment: RotationTests.environment(broker, "REFUND_WORKER_AMQP_URL", file))
        try broker.publish([Requests.cancellation("rr-1")])
        _ = try broker.take(1, from: "payout.issue")

        try node.control("change_password", "rotated", RotationTests.second)
        try node.control("close_all_user_connections", "rotated", "rotation")
        try worker.waitForLog("ACCESS_REFUSED")
        try file.write("no-url")
        try worker.waitForLog("the settings can't be read again; the credentials of before stay")
        try file.write(user: "rotated", password: RotationTests.second)
        try broker.publish([Requests.cancellation("rr-2")])
        _ = try broker.take(1, from: "payout.issue")
        #expect(worker.log.contains("read again: the broker's credentials are new"))
        RotationTests.end(worker)
    }

    @Test("at PostgreSQL: the worker connects again with what the file says")
    func store() throws {
        let postgres = try PrivatePostgres()
        let broker = try TestBroker(postgres: postgres.url)
        let file = try URLFile(broker.environment["REFUND_WORKER_STORE_URL"], in: broker)
        try postgres.administer("ALTER ROLE refund PASSWORD '\(RotationTests.first)'")
        try file.write(user: "refund", password: RotationTests.first)
        let worker = try WorkerProcess(
            ["run"], environment: RotationTests.environment(broker, "REFUND_WORKER_STORE_URL", file))
        try broker.publish([Requests.cancellation("rr-1")])
        _ = try broker.take(1, from: "payout.issue")

        try postgres.administer(
            "ALTER ROLE refund PASSWORD '\(RotationTests.second)'",
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'refund'")
        try broker.publish([Requests.cancellation("rr-2")])
        try worker.waitForLog("password authentication failed")
        try file.write(user: "refund", password: RotationTests.second)
        _ = try broker.take(1, from: "payout.issue")
        #expect(worker.log.contains("read again: the store's credentials are new"))
        RotationTests.end(worker)
    }

    @Test("SIGHUP has the passwords read at once, and ends no worker at whatever it is")
    func hangUp() throws {
        let node = try PrivateNode()
        let broker = try TestBroker(url: node.url)
        let file = try URLFile(node.url, in: broker)
        try node.control("add_user", "rotated", RotationTests.first)
        try node.control("set_permissions", "rotated", ".*", ".*", ".*")
        try file.write(user: "rotated", password: RotationTests.first)
        let worker = try WorkerProcess(
            ["run"], environment: RotationTests.environment(broker, "REFUND_WORKER_AMQP_URL", file))
        try worker.waitForLog("starting")
        worker.send(SIGHUP)
        try worker.waitForLog("read again: the credentials are as before")
        try broker.publish([Requests.cancellation("rr-1")])
        _ = try broker.take(1, from: "payout.issue")

        try file.write("no-url")
        worker.send(SIGHUP)
        try worker.waitForLog("the settings can't be read again; the credentials of before stay")
        try file.write("amqp://rotated:\(RotationTests.second)@another-broker.example/")
        worker.send(SIGHUP)
        try worker.waitForLog("names another broker than at the start; restart to go there")
        try node.control("change_password", "rotated", RotationTests.second)
        try file.write(user: "rotated", password: RotationTests.second)
        worker.send(SIGHUP)
        try worker.waitForLog("read again: the broker's credentials are new")
        try node.control("close_all_user_connections", "rotated", "rotation")
        try broker.publish([Requests.cancellation("rr-2")])
        _ = try broker.take(1, from: "payout.issue")
        #expect(!worker.log.contains("ACCESS_REFUSED"))

        worker.send(SIGTERM)
        worker.send(SIGHUP)
        RotationTests.end(worker)
    }

    @Test("SIGHUP does not end the operators' page")
    func console() throws {
        let console = try ServedConsole()
        console.process.send(SIGHUP)
        try console.process.waitForLog("read again: the credentials are as before")
    }

    @Test("SIGHUP ends a sandbox in order, as the end of its terminal")
    func sandbox() throws {
        let broker = try TestBroker()
        let sandbox = try WorkerProcess(["sandbox"], environment: broker.environment)
        try sandbox.waitForLog("playing")
        sandbox.send(SIGHUP)
        #expect(sandbox.waitForEnd() == 0)
        #expect(sandbox.output.contains("0 commands"))
    }
}
