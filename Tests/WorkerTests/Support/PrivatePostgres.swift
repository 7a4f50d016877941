import Foundation

/// A PostgreSQL cluster for one test that breaks it, run by the project's own script.
final class PrivatePostgres {
    let url: String
    private let directory: URL

    /// - Parameter leader: makes it that one's standby, which follows it.
    init(standbyOf leader: PrivatePostgres? = nil) throws {
        directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("refund-worker-postgres-\(UInt32.random(in: 0 ... .max))")
        let options = leader.map { ["--standby-of", $0.directory.path] } ?? []
        try Script.run("deploy/postgres", ["start", directory.path] + options)
        url = try Script.setting("POSTGRES_URL", in: directory)
    }

    /// Both, for whoever is to find the one that takes writes.
    func url(or other: PrivatePostgres) throws -> String {
        try url.replacing(":\(port)/", with: ":\(port),127.0.0.1:\(other.port)/")
    }

    private var port: String { get throws { try Script.setting("POSTGRES_PORT", in: directory) } }

    /// Makes a standby take writes.
    func promote() throws { try Script.run("deploy/postgres", "promote", directory.path) }

    deinit {
        try? Script.run("deploy/postgres", "stop", directory.path)
        try? FileManager.default.removeItem(at: directory)
    }

    /// Runs statements as the superuser, each in a transaction of its own.
    func administer(_ statements: String...) throws {
        try Script.run(
            at: directory.appendingPathComponent("psql"),
            ["-U", "postgres", "-q", "-v", "ON_ERROR_STOP=1"] + statements.flatMap { ["-c", $0] })
    }

    /// Ends all its processes at once, as a loss of power does.
    func kill() throws { try Script.run("deploy/postgres", "kill", directory.path) }

    /// Starts it again with its data, and returns when it answers.
    func restart() throws { try Script.run("deploy/postgres", "restart", directory.path) }
}
