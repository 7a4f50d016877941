import ArgumentParser
import Foundation
import RefundBench
import RefundService

/// `refund-worker bench`
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measure throughput, latency and memory beside a bare relay.",
        discussion: """
            Starts workers of this very program on queues, stores and schemas of its own, and takes all of it away again, \
            also when interrupted. It fills the broker and the disk with work: use a broker that nobody else needs \
            (deploy/bench starts one). The bare relay runs on a thread of this process and does the broker's part of the \
            work alone. Latency counts from when a request should have been published.

            Steps: \(BenchStep.allCases.map(\.rawValue).joined(separator: ", ")).

            Example:
              refund-worker bench --amqp-url amqp://guest:guest@127.0.0.1:5672/ --only sqlite --only latency
              refund-worker bench --json > run.json
              refund-worker bench --from run.json --markdown
            """)

    @Option(help: ArgumentHelp("Only this step; may be repeated.", valueName: "STEP")) var only: [BenchStep] = []
    @Flag(help: "A short run that shows that everything works; its figures mean nothing.") var quick = false
    @Option(help: ArgumentHelp("Requests in a backlog (default: 50000).", valueName: "N")) var requests: Int?
    @Option(help: ArgumentHelp("How often each measurement is made (default: 3).", valueName: "N")) var repeats: Int?
    @Option(help: ArgumentHelp("Requests a second for the latency (default: 200).", valueName: "N")) var rate: Int?
    @Option(
        name: .customLong("postgresql-url"),
        help: ArgumentHelp(
            "A database for stores of the bench's own (environment: \(BenchCommand.databaseVariable)); without one that "
                + "step is left out.", valueName: "URL"))
    var databaseURL: String?
    @Option(
        help: ArgumentHelp(
            "A program that does the same broker and disk work with no thinking, to compare with.", valueName: "PATH"))
    var floor: String?
    @Option(
        help: ArgumentHelp("Where stores are kept meanwhile: its disk is what is measured.", valueName: "DIR"))
    var folder = FileManager.default.temporaryDirectory.path
    @Option(help: ArgumentHelp("Also write pictures there.", valueName: "DIR")) var svg: String?
    @Flag(help: "Print the tables as Markdown.") var markdown = false
    @Option(help: ArgumentHelp("Show an earlier run that --json has printed; measure nothing.", valueName: "FILE"))
    var from: String?
    @OptionGroup var configuration: ConfigurationOptions
    @OptionGroup(title: "Broker") var broker: BrokerOptions
    @OptionGroup var output: OutputOptions

    static let databaseVariable = "BENCH_POSTGRESQL_URL"

    func validate() throws {
        guard (1...100).contains(repeats ?? 1) else { throw ValidationError("--repeats must be 1 to 100") }
        guard (100...10_000_000).contains(requests ?? 100) else {
            throw ValidationError("--requests must be 100 to 10000000")
        }
        guard (1...20_000).contains(rate ?? 1) else { throw ValidationError("--rate must be 1 to 20000") }
        guard !(markdown && output.isJSON) else { throw ValidationError("give --json or --markdown") }
    }

    func run() throws {
        let report = try from.map(BenchCommand.read) ?? measure()
        if let svg { try BenchCommand.write(report.pictures, to: svg) }
        if output.isJSON {
            Output.text(try report.json())
        } else if markdown {
            Output.text(report.markdown)
        } else {
            BenchText(report).lines.forEach(Output.line)
        }
    }

    private func measure() throws -> BenchReport {
        let settings = try configuration.read(broker.flags)
        let terms = BenchTerms(
            plan: plan, isQuick: quick, version: "\(BuildInformation.current)", broker: settings.amqp,
            environment: environment,
            postgresqlURL: databaseURL ?? ProcessInfo.processInfo.environment[BenchCommand.databaseVariable],
            floor: try floor.map(BenchCommand.absolute), folder: try BenchCommand.absolute(folder))
        do {
            return try onBrokerThread {
                let progress = ProgressLine()
                defer { progress.clear() }
                return try Bench(terms) { progress.show($0) }.run()
            }
        } catch BenchError.interrupted {
            throw EarlyEnd(.failed, "\(BenchError.interrupted)")
        }
    }

    private var plan: BenchPlan {
        var plan = quick ? BenchPlan.quick : .standard
        if !only.isEmpty { plan.steps = BenchStep.allCases.filter(only.contains) }
        if let requests { plan.requests = requests }
        if let repeats { plan.repeats = repeats }
        if let rate { plan.rate = rate }
        return plan
    }

    /// This process's, with the flags that workers need as well. By the environment, since others may see arguments.
    private var environment: [String: String] {
        var environment = ProcessInfo.processInfo.environment
        environment[BenchCommand.databaseVariable] = nil
        for case (let name, let value?) in broker.flags { environment[name.environmentVariable] = value }
        if let file = configuration.file {
            environment[SettingName.configurationVariable] = URL(filePath: file).standardizedFileURL.path
        }
        return environment
    }

    private static func absolute(_ path: String) throws -> String {
        let url = URL(filePath: path).standardizedFileURL
        guard FileManager.default.fileExists(atPath: url.path) else { throw ValidationError("\(path) is not there") }
        return url.path
    }

    private static func read(_ path: String) throws -> BenchReport {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ValidationError("--from: \(path) is no readable file")
        }
        do {
            return try BenchReport(json: data)
        } catch {
            throw ValidationError("--from: \(path) is not what refund-worker bench --json prints")
        }
    }

    private static func write(_ pictures: [(name: String, svg: String)], to folder: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (name, svg) in pictures {
            try Data(svg.utf8).write(to: URL(filePath: folder).appending(path: name))
        }
    }
}
