import ArgumentParser
import Foundation
import RefundService

/// Strikes at real parts for a set time, and audits what is left.
@main
struct DrillCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drill", abstract: "Breaks real parts for a while, and audits everything that came of it.",
        discussion: """
            Started by deploy/drill, which starts the broker and PostgreSQL and says where they are.

            Example:
              deploy/drill --minutes 10 --seed 7
            """)

    @Option(help: "How long faults go on, in minutes.") var minutes: Int?
    @Option(help: "How long faults go on, in seconds (default 60).") var seconds: Int?
    @Option(help: "Decides which faults come when, and what is sent (default: another one each time).") var seed:
        UInt64?
    @Option(help: "Only this store: sqlite or postgres.") var store: StoreKind?
    @Option(help: "Requests a second to each store.") var rate = 15.0
    @Option(help: "Where logs and stores are kept.") var folder: String
    @Option(help: "The program refund-worker.") var program: String
    @Option(help: "The folder deploy.") var scripts: String
    @Flag(help: "Print the report as JSON.") var json = false

    func validate() throws {
        guard minutes == nil || seconds == nil else { throw ValidationError("give --minutes or --seconds") }
        guard (5...86_400).contains(duration) else { throw ValidationError("a drill takes 5 s to 24 h") }
        guard (0.1...500).contains(rate) else { throw ValidationError("--rate is 0.1 to 500") }
    }

    private var duration: Int { minutes.map { $0 * 60 } ?? seconds ?? 60 }

    func run() throws {
        signal(SIGPIPE, SIG_IGN)
        let terms = DrillTerms(
            seed: seed ?? UInt64.random(in: 1...999_999), duration: .seconds(duration),
            stores: store.map { [$0] } ?? StoreKind.allCases, rate: rate,
            // Longer drills have time for longer waits.
            beat: duration < 240 ? .milliseconds(500) : .seconds(1), pause: .seconds(duration < 240 ? 3 : 5),
            folder: URL(filePath: folder), program: URL(filePath: program), scripts: URL(filePath: scripts))
        let report = try onBrokerThread {
            try Drill(terms, say: { FileHandle.standardError.write(Data("\($0)\n".utf8)) }).run()
        }
        print(json ? report.json : report.text)
        if !report.isSound { throw ExitCode(1) }
    }
}

extension StoreKind: ExpressibleByArgument {}
