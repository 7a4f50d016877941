import AMQPClient
import Foundation
import RefundPolicy
import RefundService
import Simulation
import Synchronization

/// The course of a drill: start everything, send and strike for a set time, let everything drain, audit, say everything
/// once more, audit again.
///
/// Belongs to one thread.
final class Drill {
    private let terms: DrillTerms
    private let setup: FleetSetup
    private let say: @Sendable (String) -> Void
    private let started = ContinuousClock.now
    private var fleets: [Fleet] = []
    private var toldAt = ContinuousClock.now

    /// - Parameter say: hears of progress, in lines.
    init(_ terms: DrillTerms, say: @escaping @Sendable (String) -> Void) throws {
        self.terms = terms
        self.say = say
        let environment = ProcessInfo.processInfo.environment
        guard let broker = BrokerNode(scripts: terms.scripts, environment: environment) else {
            throw DrillError.noBroker
        }
        setup = FleetSetup(
            seed: terms.seed, rate: terms.rate, beat: terms.beat, folder: terms.folder, program: terms.program,
            broker: broker, database: DatabaseCluster(scripts: terms.scripts, environment: environment),
            findings: Findings())
    }

    func run() throws -> DrillReport {
        defer { for fleet in fleets { fleet.close() } }
        try begin()
        let striking = try faultyPhase()
        let drainedFrom = SystemClock.now()
        let closings = fleets.filter { $0.auditor.violation == nil }.map {
            Closing(fleet: $0, setup: setup, drainedFrom: drainedFrom, turn: turn, note: note)
        }
        let calm = try closings.map { try $0.settle() }
        for (closing, calm) in zip(closings, calm) { try closing.compare(calm: calm) }
        for fleet in fleets { finish(fleet) }
        return DrillReport(
            terms: terms, seconds: seconds, fleets: fleets.map { .init($0) }, faults: striking.done,
            findings: setup.findings.all)
    }

    private var seconds: Int { Int((ContinuousClock.now - started).components.seconds) }

    private func note(_ line: String) {
        say("[\(Elapsed(since: started).text) s] \(line)")
    }

    private func begin() throws {
        note("seed \(terms.seed); logs in \(terms.folder.path)")
        fleets = try terms.stores.map { try Fleet($0, setup) }
        guard let endpoint = try Endpoint.list(from: setup.broker.url).first else { throw DrillError.noBroker }
        let connection = try Connection.open(endpoint, epoch: Epoch(1))
        for fleet in fleets {
            try fleet.declare(on: connection)
            if fleet.kind == .sqlite, !fleet.hasSmallDisk {
                note("only root can mount a small disk: it will not be filled up")
            }
        }
        connection.close()
        try setup.broker.sync()
        for fleet in fleets {
            for program in fleet.programs { try program.start() }
        }
        // The auditor reads a store that the workers make.
        let limit = ContinuousClock.now + .seconds(60)
        while !fleets.allSatisfy({ $0.ledger.isReadable }) {
            guard ContinuousClock.now < limit else {
                throw DrillError.noStart("a worker made no store within a minute: \(ends())")
            }
            // Another process makes it, and tells nobody: it is looked for, within the limit above.
            Thread.sleep(forTimeInterval: 0.1)
        }
        for fleet in fleets {
            fleet.producing?.begin()
            fleet.brake?.begin()
        }
        note("\(fleets.map { "\($0.kind.rawValue) (\($0.workers.count) workers)" }.joined(separator: ", ")) at work")
    }

    private func ends() -> String {
        fleets.flatMap { $0.workers }.map {
            "\($0.name): \($0.ends.last ?? "runs") \($0.lastLines(2).joined(separator: " "))"
        }
        .joined(separator: "; ")
    }

    /// Sends and strikes until the time is over or something does not hold.
    private func faultyPhase() throws -> Striking {
        let clock = Elapsed(since: .now)
        let whole = Elapsed(since: started)
        let say = say
        let striking = Striking(
            fleets.map(\.target), broker: setup.broker, database: setup.database, findings: setup.findings,
            tell: { say("[\(whole.text) s]   \($0)") })
        let plan = FaultPlan(
            seed: terms.seed, duration: terms.duration, pause: terms.pause, fleets: fleets.map(\.shape))
        var strikes = plan.strikes[...]
        while clock.time < terms.duration, isSound {
            while let next = strikes.first, next.at <= clock.time {
                striking.strike(next)
                strikes.removeFirst()
            }
            turn(isDatabaseAway: striking.isDatabaseAway.load(ordering: .relaxed))
        }
        for fleet in fleets { fleet.producing?.end() }
        note("the faults end; everything must drain")
        try striking.end()
        return striking
    }

    private var isSound: Bool { fleets.allSatisfy { $0.auditor.violation == nil } }

    private func turn() { turn(isDatabaseAway: false) }

    /// One round for every fleet, and a short wait for what the broker says.
    private func turn(isDatabaseAway: Bool) {
        for fleet in fleets { fleet.turn(isStoreAway: isDatabaseAway && fleet.kind == .postgres) }
        var descriptors = fleets.flatMap(\.fileDescriptors).map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        _ = poll(&descriptors, nfds_t(descriptors.count), 20)
        guard ContinuousClock.now - toldAt > .seconds(5) else { return }
        toldAt = .now
        note(
            fleets.map {
                "\($0.kind.rawValue): \($0.producing?.requests ?? 0) requests, \($0.auditor.arrivals.count) messages out"
            }.joined(separator: "; "))
    }

    /// The end of the programs is part of the drill: a worker that is asked to stop stops, and says that all is well.
    private func finish(_ fleet: Fleet) {
        for program in fleet.programs {
            if let complaint = program.stop(within: 30) { setup.findings.add(complaint) }
            for trap in program.traps { setup.findings.add("\(program.name) crashed by itself: \(trap)") }
        }
    }
}

/// The time since a moment, for several threads.
private struct Elapsed: Sendable {
    let start: ContinuousClock.Instant

    init(since start: ContinuousClock.Instant) { self.start = start }

    var time: Duration { ContinuousClock.now - start }
    var text: String {
        let seconds = "\(time.components.seconds)"
        return String(repeating: " ", count: max(0, 4 - seconds.count)) + seconds
    }
}
