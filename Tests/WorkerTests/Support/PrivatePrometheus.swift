import Foundation

/// A Prometheus for one test, on loopback, with the project's own alerts made impatient.
final class PrivatePrometheus {
    private let process = Process()
    private let directory: URL
    private let http: Observed
    private let log: LineBuffer

    /// - Parameter target: the port of the worker to be scraped, which need not be there yet.
    init(scraping target: UInt16) throws {
        directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("refund-worker-prometheus-\(UInt32.random(in: 0 ... .max))")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let rules = try PrivatePrometheus.impatient(Script.read("deploy/prometheus/alerts.yaml"))
        try Data(rules.utf8).write(to: directory.appendingPathComponent("alerts.yaml"))
        let configuration = """
            global: {scrape_interval: 500ms, scrape_timeout: 500ms, evaluation_interval: 500ms}
            rule_files: [alerts.yaml]
            scrape_configs:
              - job_name: refund-worker
                static_configs: [{targets: ["127.0.0.1:\(target)"]}]
            """
        let file = directory.appendingPathComponent("prometheus.yaml")
        try Data(configuration.utf8).write(to: file)
        let port = try Observed.freePort()
        http = Observed(port: port)
        process.executableURL = WorkerProcess.launcher
        process.arguments = [
            "--default-signal", "prometheus", "--config.file=\(file.path)",
            "--storage.tsdb.path=\(directory.path)/data", "--web.listen-address=127.0.0.1:\(port)",
        ]
        let errors = Pipe()
        log = LineBuffer(reading: errors.fileHandleForReading)
        process.standardError = errors
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        guard log.wait(for: "Server is ready to receive web requests", until: Date(timeIntervalSinceNow: 60)) else {
            throw Missing(what: "Prometheus", log: log.text)
        }
    }

    deinit {
        process.terminate()
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: directory)
    }

    /// The alerts with the same conditions, and no waiting for them to last.
    private static func impatient(_ rules: String) -> String {
        rules.split(separator: "\n", omittingEmptySubsequences: false)
            .filter { !$0.trimmingCharacters(in: .whitespaces).hasPrefix("for: ") }.joined(separator: "\n")
            .replacing("refund_worker_oldest_unsent_seconds) > 300", with: "refund_worker_oldest_unsent_seconds) > 1")
    }

    /// Waits until an alert is firing, or until it no longer is.
    func wait(for alert: String, isFiring: Bool = true, seconds: Double = 60) throws {
        let limit = Date(timeIntervalSinceNow: seconds)
        while true {
            let firing = try firing()
            if firing.contains(alert) == isFiring { return }
            guard Date() < limit else {
                throw Missing(what: "\(alert) \(isFiring ? "firing" : "over")", log: "firing: \(firing.sorted())")
            }
            // Prometheus tells nobody of its own accord; this only keeps the asking from being a busy loop.
            _ = poll(nil, 0, 200)
        }
    }

    /// Whether it has read a sample of that name.
    func waitForSample(_ query: String) throws {
        let escaped = query.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        _ = try http.wait(for: "/api/v1/query?query=\(escaped)") { $0.body.contains("\"value\"") }
    }

    private func firing() throws -> Set<String> {
        let answer = try http.get("/api/v1/alerts")
        let json = try JSONSerialization.jsonObject(with: Data(answer.body.utf8)) as? [String: Any]
        let alerts = (json?["data"] as? [String: Any])?["alerts"] as? [[String: Any]] ?? []
        return Set(
            alerts.filter { $0["state"] as? String == "firing" }
                .compactMap { ($0["labels"] as? [String: String])?["alertname"] })
    }
}
