import Foundation
import Testing

/// The operators' page of the real program at a port, with a token, over a store that need not be there.
final class ServedConsole {
    static let token = "0c1f5c3f9a7b42d68e"

    let process: WorkerProcess
    let port: UInt16
    private let directory: Directory

    init(_ settings: [String: String] = [:]) throws {
        directory = try Directory()
        let token = directory.file("token")
        try Data(ServedConsole.token.utf8).write(to: URL(filePath: token))
        let own = [
            "REFUND_WORKER_CONSOLE_TOKEN": token, "REFUND_WORKER_CONSOLE_PORT": "0",
            "REFUND_WORKER_AMQP_URL": "amqp://127.0.0.1:1/",
            "REFUND_WORKER_STORE_URL": "sqlite:" + directory.file("cases.sqlite"),
        ]
        process = try WorkerProcess(["console"], environment: own.merging(settings) { $1 })
        let printed = try process.waitForOutput("/\n")
        let digits = printed.components(separatedBy: "http://127.0.0.1:").last?.prefix { $0.isNumber }
        port = try #require(digits.flatMap { UInt16($0) })
    }

    deinit {
        process.send(SIGTERM)
        process.waitForEnd()
    }

    var address: String { "http://127.0.0.1:\(port)" }

    /// A directory of this user's alone, which is removed in the end.
    final class Directory {
        let path: String

        init() throws {
            path = FileManager.default.temporaryDirectory.path + "/page-\(UInt32.random(in: 0 ... .max))"
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        }

        deinit {
            try? FileManager.default.removeItem(atPath: path)
        }

        func file(_ name: String) -> String { "\(path)/\(name)" }
    }
}

/// The real curl.
enum Curl {
    struct Answer {
        /// curl's own; 0 when there was an answer.
        let exit: Int32
        /// 0 when there was none.
        let status: Int
        let text: String
    }

    /// - Parameter user: another user of this machine, for which the tests must be root's.
    static func run(_ arguments: [String], as user: String? = nil) throws -> Answer {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        let become = user.map { ["runuser", "-u", $0, "--"] } ?? []
        process.arguments =
            ["--default-signal"] + become + ["curl", "-s", "-m", "60", "-i", "-w", "\n%{http_code}"] + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let status = text.split(separator: "\n").last.flatMap { Int($0) } ?? 0
        return Answer(exit: process.terminationStatus, status: status, text: text)
    }
}
