import AMQPClient
import Foundation
import RefundService

/// A program that does the same broker and disk work with no thinking, named by `--floor`:
/// `fill N`, `store N BATCH` and `pg N BATCH`, with the broker's port in `AMQP_PORT` and the database in `DSN`. It says
/// `… 9000 requests/s, client cpu 45.1 us/request`.
struct FloorProgram: Sendable {
    let executable: String
    let folder: URL
    let environment: [String: String]

    /// The queues that it makes, which have no prefix.
    static let queues = ["floor.in", "floor.revoke", "floor.payout", "floor.notice"]
    /// The tables that it makes in PostgreSQL.
    static let tables = ["floor_o", "floor_e", "floor_c"]

    /// - Throws: `BenchError.floor` when the broker is not one that it can reach.
    init(executable: String, folder: URL, broker: Endpoint, databaseURL: String?) throws {
        guard ["127.0.0.1", "localhost"].contains(broker.host), broker.user == "guest", !broker.isTLS,
            broker.virtualHost == "/"
        else { throw BenchError.floor(reason: "it only reaches a broker on 127.0.0.1 as guest, without TLS") }
        self.executable = executable
        self.folder = folder
        var environment = ["PATH": "/usr/bin:/bin", "AMQP_PORT": "\(broker.port)"]
        if let databaseURL { environment["DSN"] = databaseURL }
        self.environment = environment
    }

    /// Fills its queue, and works it off.
    ///
    /// - Parameters:
    ///   - mode: `store` or `pg`.
    ///   - check: is called often meanwhile; what it throws ends the program.
    func run(_ mode: String, requests: Int, batch: Int, checking check: () throws -> Void) throws -> DrainRun {
        _ = try output(["fill", "\(requests)"], checking: check)
        let said = try output([mode, "\(requests)", "\(batch)"], checking: check)
        guard let run = FloorProgram.run(in: said, requests: requests, batch: batch) else {
            throw BenchError.floor(reason: "it said «\(said.suffix(200))», which has no figures")
        }
        return run
    }

    private func output(_ arguments: [String], checking check: () throws -> Void) throws -> String {
        // It makes its files where it runs.
        let program = try ChildProcess(
            name: "floor", executable: "/usr/bin/env", arguments: ["--chdir=\(folder.path)", executable] + arguments,
            environment: environment, folder: folder)
        try program.waitForEnd(within: .seconds(600), checking: check)
        return program.output
    }

    /// Reads the figures of its one line.
    static func run(in text: String, requests: Int, batch: Int) -> DrainRun? {
        func number(before unit: Substring) -> Double? {
            let words = text.split(whereSeparator: { $0 == " " || $0 == "," || $0.isNewline })
            return words.firstIndex(of: unit).flatMap { $0 > 0 ? Double(words[$0 - 1]) : nil }
        }
        guard let perSecond = number(before: "requests/s"), perSecond > 0 else { return nil }
        return DrainRun(
            requests: requests, seconds: Double(requests) / perSecond, cpuMicroseconds: number(before: "us/request"),
            batch: batch)
    }
}
