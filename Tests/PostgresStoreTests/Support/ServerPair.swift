import Foundation

@testable import PostgresStore

/// A leader and its standby, made by the project's own script: every commit is with both before it is told.
final class ServerPair {
    struct ScriptFailed: Error {
        let command: String
    }

    private let directory = FileManager.default.temporaryDirectory
        .appendingPathComponent("refund-worker-pair-\(UInt32.random(in: 0 ... .max))")
    private let leaderURL: String
    private let standbyURL: String
    let leaderPort: UInt16
    let standbyPort: UInt16

    init() throws {
        let (leader, standby) = (directory.path + "/leader", directory.path + "/standby")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        // PostgreSQL may run as another user, who must get through.
        try FileManager.default.setAttributes([.posixPermissions: 0o711], ofItemAtPath: directory.path)
        try ServerPair.script("start", leader)
        do {
            try ServerPair.script("start", standby, "--standby-of", leader)
        } catch {
            try? ServerPair.script("stop", leader)
            throw error
        }
        (leaderURL, leaderPort) = try ServerPair.place(leader)
        (standbyURL, standbyPort) = try ServerPair.place(standby)
        for statement in ["ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()"] {
            try ServerPair.run(leader + "/psql", ["-U", "postgres", "-q", "-v", "ON_ERROR_STOP=1", "-c", statement])
        }
    }

    deinit {
        for name in ["/standby", "/leader"] { try? ServerPair.script("stop", directory.path + name) }
        try? FileManager.default.removeItem(at: directory)
    }

    /// The store's place behind a proxy that reads along.
    func location(behind port: UInt16) throws -> PostgresLocation {
        guard var parts = URLComponents(string: leaderURL) else { throw ScriptFailed(command: "start") }
        parts.port = Int(port)
        // A transaction is idle while the standby is promoted, which may take long on a busy machine.
        let patience = "options=-c%20idle_in_transaction_session_timeout%3D120s"
        parts.percentEncodedQuery = [parts.percentEncodedQuery, "sslmode=disable", patience].compactMap(\.self)
            .joined(separator: "&")
        return try PostgresLocation(parts.string ?? "")
    }

    func openLeader() throws -> Connection { try ServerPair.open(leaderURL) }

    /// Makes the standby take writes, and opens a connection to it.
    func promoteStandby() throws -> Connection {
        try ServerPair.script("promote", directory.path + "/standby")
        return try ServerPair.open(standbyURL)
    }

    private static func open(_ url: String) throws -> Connection {
        try Connection(PostgresLocation(url), defaults: [("application_name", "pair")])
    }

    static func place(_ directory: String) throws -> (url: String, port: UInt16) {
        let lines = try String(contentsOfFile: directory + "/env", encoding: .utf8).split(separator: "\n")
        let mark = "export POSTGRES_URL="
        guard let line = lines.first(where: { $0.hasPrefix(mark) }) else { throw ScriptFailed(command: "env") }
        let url = line.dropFirst(mark.count).trimmingCharacters(in: CharacterSet(charactersIn: "'\"")).replacing(
            "\\", with: "")
        guard let port = URLComponents(string: url)?.port.flatMap({ UInt16(exactly: $0) }) else {
            throw ScriptFailed(command: "env")
        }
        return (url, port)
    }

    static func script(_ arguments: String...) throws {
        let root = (1...4).reduce(URL(fileURLWithPath: #filePath)) { url, _ in url.deletingLastPathComponent() }
        try run(root.appendingPathComponent("deploy/postgres").path, arguments)
    }

    /// With the signals that a shell gives: a test's threads have blocked them, and children inherit that.
    private static func run(_ program: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["--default-signal", program] + arguments
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw ScriptFailed(command: arguments.joined(separator: " ")) }
    }
}
