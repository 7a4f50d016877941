import Foundation
import Testing

@Suite("A bench on real parts", .serialized, .enabled(if: Fixtures.brokerURL != nil))
struct BenchTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "bench-\(UUID().uuidString)")

    private func bench(_ arguments: String..., more environment: [String: String] = [:]) throws -> Executable.Outcome {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let settings = ["REFUND_WORKER_AMQP_URL": try #require(Fixtures.brokerURL)]
        return try Executable.run(
            ["bench", "--folder", folder.path] + arguments, environment: settings.merging(environment) { $1 })
    }

    /// Every measurement is made, and nothing of it is left; no figure is judged, since machines and builds differ.
    @Test("a quick run measures every step, and its JSON can be shown as tables and pictures")
    func quickRun() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        var environment: [String: String] = [:]
        environment["BENCH_POSTGRESQL_URL"] = ProcessInfo.processInfo.environment["TEST_POSTGRES_URL"]
        let outcome = try bench("--quick", "--json", more: environment)
        try #require(outcome.status == 0, "\(outcome.errors)")
        let report = try #require(try outcome.objects().first)
        #expect(report["is_quick"] as? Bool == true)
        let machine = try #require(report["machine"] as? [String: Any])
        #expect((machine["cores"] as? Int ?? 0) > 0 && machine["sync"] != nil)
        let drains = try #require(report["drains"] as? [[String: Any]])
        var expected: Set = [
            "sqlite worker", "sqlite relay", "sqlite relay_default_exchange", "batches worker", "replies worker",
            "memory worker",
        ]
        if !environment.isEmpty { expected.insert("postgresql worker") }
        #expect(Set(drains.map { "\($0["step"] ?? "") \($0["subject"] ?? "")" }) == expected)
        for run in drains.flatMap({ $0["runs"] as? [[String: Any]] ?? [] }) {
            #expect((run["requests"] as? Int ?? 0) > 0 && (run["seconds"] as? Double ?? 0) > 0)
        }
        let latencies = try #require(report["latencies"] as? [[String: Any]])
        #expect(latencies.count == 4)
        #expect((report["decisions"] as? [Any])?.count == 4 && (report["starts"] as? [Any])?.count == 1)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
        try showsAgain(outcome.output)
    }

    private func showsAgain(_ json: String) throws {
        let file = folder.appending(path: "run.json")
        try Data(json.utf8).write(to: file)
        let pictures = folder.appending(path: "pictures")
        let text = try Executable.run(["bench", "--from", file.path, "--svg", pictures.path])
        #expect(text.status == 0 && text.output.contains("SQLite, backlog of 2,000"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: pictures.path).contains("latency-by-load.svg"))
        let markdown = try Executable.run(["bench", "--from", file.path, "--markdown"])
        #expect(markdown.output.contains("| what | target | measured |  |"))
    }

    @Test("wrong usage is told before anything is made")
    func wrongUsage() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        for arguments in [
            ["--only", "nothing"], ["--repeats", "0"], ["--from", "missing.json"], ["--floor", "none"],
        ] {
            #expect(try Executable.run(["bench"] + arguments).status == 2, "\(arguments)")
        }
    }
}
