import Foundation
import Simulation

/// Runs simulated worlds by their seeds, and exits 1 when something does not hold.
@main
enum Simulate {
    static let usage = """
        simulate – runs whole simulated worlds, each decided by its seed, and audits them

          --seeds N        how many worlds (default 500)
          --from S         the first seed (default 1)
          --jobs N         how many worlds at once (default 1)
          --json           print the report as JSON
          --keep-going     go on after a failure
          --plain          don't cut a failed world down
          --without NAME   leave a kind of fault out, or something that must hold (more than once)
          --broken         run the deliberately broken worlds instead, and say how many seeds each survives
          --only TEXT      with --broken: those whose names hold that text

        Exit 0 everything held; 1 something did not; 2 wrong usage.
        """

    static func main() async throws {
        guard let options = Options(CommandLine.arguments.dropFirst()) else {
            print(usage)
            exit(2)
        }
        if options.wantsHelp {
            print(usage)
            return
        }
        if options.broken {
            return try hunt(BrokenWorld.all.filter { $0.name.contains(options.only) || options.only.isEmpty })
        }
        let report = try await run(options)
        print(options.json ? report.json : report.text)
        if !report.failures.isEmpty { exit(1) }
    }

    /// A table of the broken worlds; exits 1 if one is not found out.
    private static func hunt(_ worlds: [BrokenWorld]) throws {
        var isCaught = true
        for world in worlds {
            let name = world.name + String(repeating: " ", count: max(1, 50 - world.name.count))
            if let (survived, violation) = try world.hunt(limit: 300) {
                say("\(name) survived \(survived), then broke “\(violation.invariant.rawValue)”: \(violation.detail)")
            } else {
                isCaught = false
                say("\(name) survived all 300")
            }
        }
        if !isCaught { exit(1) }
    }

    private static func run(_ options: Options) async throws -> Report {
        let clock = ContinuousClock()
        let start = clock.now
        var report = Report()
        var toldAt = start
        let seeds = options.from..<(options.from + options.seeds)
        let leftOut = options.leftOut
        try await Campaign.run(
            seeds: seeds, jobs: options.jobs,
            scenario: { leftOut.reduce(Scenario(seed: $0)) { $0.without($1) ?? $0 } },
            isEnough: { outcome in
                report.add(outcome)
                if outcome.violation != nil {
                    tell(try again(outcome, isPlain: options.plain))
                    if !options.keepsGoing { return true }
                }
                if clock.now - toldAt > .seconds(5) {
                    toldAt = clock.now
                    say("\(report.seeds) of \(options.seeds) worlds, \(report.failures.count) failed")
                }
                return false
            })
        report.seconds = Double((clock.now - start).components.seconds)
        return report
    }

    /// A failed world with its history; cut down unless it is to stay as it is.
    private static func again(_ failed: Outcome, isPlain: Bool) throws -> Outcome {
        let campaign = try Campaign()
        defer { campaign.clean() }
        return isPlain ? try campaign.run(failed.scenario, isTold: true) : try campaign.shrink(failed)
    }

    private static func tell(_ outcome: Outcome) {
        guard let violation = outcome.violation else { return }
        let scenario = outcome.scenario
        say("")
        say("seed \(scenario.seed) breaks “\(violation.invariant.rawValue)”: \(violation.detail)")
        say("cut down to \(scenario.requests) requests, \(scenario.workers) workers, and these faults:")
        say("  " + FaultKind.allCases.filter { scenario.intensity[$0] != nil }.map(\.rawValue).joined(separator: " "))
        for line in outcome.transcript { say(line) }
        say("again: deploy/simulate --seeds 1 --from \(scenario.seed)")
        say("")
    }

    private static func say(_ line: String) {
        FileHandle.standardError.write(Data("\(line)\n".utf8))
    }
}

/// The command line.
struct Options {
    var seeds: UInt64 = 500
    var from: UInt64 = 1
    var jobs = 1
    var json = false
    var keepsGoing = false
    var plain = false
    var broken = false
    var only = ""
    var leftOut: [String] = []
    var wantsHelp = false

    /// `nil` when it can't be understood.
    init?(_ arguments: some Sequence<String>) {
        var rest = Array(arguments)[...]
        while let argument = rest.popFirst() {
            switch argument {
            case "--seeds", "--from":
                guard let number = rest.popFirst().flatMap({ UInt64($0) }), number <= 1 << 40 else { return nil }
                if argument == "--seeds" { seeds = number } else { from = number }
            case "--jobs":
                guard let number = rest.popFirst().flatMap({ Int($0) }), 1...64 ~= number else { return nil }
                jobs = number
            case "--without":
                guard let name = rest.popFirst(), Scenario(seed: 1).without(name) != nil else { return nil }
                leftOut.append(name)
            case "--only":
                guard let text = rest.popFirst() else { return nil }
                only = text
            case "--json": json = true
            case "--keep-going": keepsGoing = true
            case "--plain": plain = true
            case "--broken": broken = true
            case "-h", "--help": wantsHelp = true
            default: return nil
            }
        }
    }
}
