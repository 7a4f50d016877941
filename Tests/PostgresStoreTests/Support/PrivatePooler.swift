import Foundation

@testable import PostgresStore

/// A server with PgBouncer before it, both on loopback and for one test.
final class PrivatePooler {
    struct Failed: Error, CustomStringConvertible {
        let description: String
    }

    private let directory = FileManager.default.temporaryDirectory
        .appendingPathComponent("refund-worker-pooler-\(UInt32.random(in: 0 ... .max))")
    private let server: String
    private let process = Process()
    private let port: UInt16
    private let password: String

    /// - Parameters:
    ///   - mode: `pool_mode`.
    ///   - settings: further lines of its configuration.
    init(mode: String, settings: [String] = []) throws {
        server = directory.path + "/server"
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        // PostgreSQL and PgBouncer may run as another user, who must get through.
        try FileManager.default.setAttributes([.posixPermissions: 0o711], ofItemAtPath: directory.path)
        try ServerPair.script("start", server)
        let url = try ServerPair.place(server)
        password = URLComponents(string: url.url)?.password ?? ""
        port = try PrivatePooler.freePort()
        let database = "host=127.0.0.1 port=\(url.port) dbname=refund user=refund password=\(password)"
        let lines =
            [
                "[databases]", "refund = \(database)", "[pgbouncer]", "listen_addr = 127.0.0.1",
                "listen_port = \(port)", "unix_socket_dir =", "auth_type = any", "pool_mode = \(mode)",
                "ignore_startup_parameters = extra_float_digits", "default_pool_size = 10",
            ] + (geteuid() == 0 ? ["user = postgres"] : []) + settings
        let file = directory.appendingPathComponent("pgbouncer.ini")
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file.path)
        try start(file.path)
    }

    private func start(_ file: String) throws {
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["--default-signal", "/usr/sbin/pgbouncer", file]
        let told = Pipe()
        process.standardError = told
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        var text = ""
        while !text.contains("process up") {
            let more = told.fileHandleForReading.availableData
            guard !more.isEmpty else { throw Failed(description: "PgBouncer did not start (deploy/setup): \(text)") }
            text += String(decoding: more, as: UTF8.self)
        }
        // It must always find somebody who reads.
        told.fileHandleForReading.readabilityHandler = { handle in
            if handle.availableData.isEmpty { handle.readabilityHandler = nil }
        }
    }

    deinit {
        if process.isRunning { process.terminate() }
        process.waitUntilExit()
        try? ServerPair.script("stop", server)
        try? FileManager.default.removeItem(at: directory)
    }

    /// The store's place, by the pooler.
    var location: PostgresLocation {
        get throws { try PostgresLocation("postgresql://refund@127.0.0.1:\(port)/refund") }
    }

    /// Past the pooler.
    func openServer() throws -> Connection {
        try Connection(PostgresLocation(try ServerPair.place(server).url), defaults: [])
    }

    private static func freePort() throws -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard isBound else { throw Failed(description: "no free port") }
        return UInt16(bigEndian: address.sin_port)
    }
}
