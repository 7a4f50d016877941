import Foundation
import RefundPolicy
import RefundWorker
import SQLiteStore

/// What came of one world.
public struct Outcome: Sendable {
    public let scenario: Scenario
    public let violation: Violation?
    public let tally: Tally
    public let transcript: [String]
}

/// Runs one world from its start to its rest, and audits it.
struct Run {
    private let scenario: Scenario
    private let sabotage: any Sabotage
    private let folder: String
    private let isTold: Bool

    init(_ scenario: Scenario, sabotage: any Sabotage, folder: String, isTold: Bool) {
        self.scenario = scenario
        self.sabotage = sabotage
        self.folder = folder
        self.isTold = isTold
    }

    func callAsFunction() throws -> Outcome {
        let world = try World(scenario, sabotage: sabotage, folder: folder, isTold: isTold)
        defer { world.close() }
        let start = world.timeline.now
        let isOver = { world.auditor.violation != nil }
        for worker in world.workers { worker.start() }
        Producers(world).begin()
        world.people?.begin()
        let troubles = Troubles(world)
        troubles.begin()
        world.timeline.run(until: start + scenario.beats(Double(scenario.faultyBeats)), unless: isOver)
        troubles.end()
        let drainedFrom = world.timeline.now
        if !isOver() { drain(world, from: drainedFrom) }
        if !isOver(), let ledger = world.auditor.ledger {
            // A message that kills its worker may do so after the faults have ended.
            try audit(world, ledger: ledger, calmFrom: max(drainedFrom, world.lastStartAt))
        }
        if !isOver() { try replay(world) }
        var tally = world.faults.tally
        tally.events = world.timeline.steps
        tally.simulatedSeconds = (world.timeline.now - start).microseconds / 1_000_000
        tally.requests = scenario.requests
        tally.close()
        return Outcome(
            scenario: scenario, violation: world.auditor.violation, tally: tally,
            transcript: world.transcript.lines(about: world.auditor.violation?.request, limit: 400))
    }

    /// Invariant 10: bounded by what the policy's waits, the parking and the people take.
    private func drain(_ world: World, from start: Instant) {
        let end = start + scenario.beats(300) + .seconds(3_600)
        var next = start
        while world.timeline.now < end, world.auditor.violation == nil {
            next = next + max(scenario.beats(5), .seconds(60))
            world.timeline.run(until: next) { world.auditor.violation != nil }
            if world.broker.backlog == 0, world.auditor.ledger?.unfinished().isEmpty == true { break }
        }
        guard world.auditor.violation == nil else { return }
        let left = world.auditor.ledger?.unfinished() ?? []
        let request = left.first?.split(separator: " ").last.map { String($0.split(separator: "/")[0]) }
        world.auditor.check(.liveness, left.isEmpty, about: request, "not drained: \(left.prefix(5))")
        world.auditor.check(
            .liveness, world.broker.backlog == 0, "not drained: \(world.broker.backlog) messages are not acknowledged")
        // What people and the other systems still say.
        world.timeline.run(until: world.timeline.now + scenario.beats(60)) { world.auditor.violation != nil }
        settle(world)
    }

    /// Lets go on until nothing more is left after the late words, too.
    private func settle(_ world: World) {
        let end = world.timeline.now + scenario.beats(300)
        while world.timeline.now < end, world.auditor.violation == nil {
            if world.unsaid == 0, world.broker.backlog == 0, world.auditor.ledger?.unfinished().isEmpty == true {
                return
            }
            world.timeline.run(until: world.timeline.now + scenario.beats(2)) { world.auditor.violation != nil }
        }
        let left = world.auditor.ledger?.unfinished() ?? []
        world.auditor.check(.liveness, left.isEmpty && world.broker.backlog == 0, "not drained in the end: \(left)")
    }

    private func audit(_ world: World, ledger: any AuditedStore, calmFrom: Instant) throws {
        let reader = try SQLiteCaseReader(path: world.file)
        defer { reader.close() }
        try FinalAudit(
            auditor: world.auditor, ledger: ledger, reader: reader,
            calm: calmFrom...max(calmFrom, world.timeline.now)
        ).run()
    }

    /// Invariant 8: everything that was ever said about cases that have ended is said again.
    private func replay(_ world: World) throws {
        guard let ledger = world.auditor.ledger else { return }
        let before = ledger.fingerprint()
        let ended = Set(
            before.compactMap { line -> String? in
                let parts = line.split(separator: " ")
                return ["settled", "rejected", "withdrawn"].contains(parts[1]) ? String(parts[0]) : nil
            })
        world.auditor.isReplaying = true
        for id in world.auditor.sentOrder {
            // What was given up before its case could hear of it is news when it is said again.
            guard let message = world.auditor.sent[id], ended.contains(message.request) || message.kind == .fleet,
                !message.exceededReturns, message.kind != .unreadable(code: "wrong_sender"),
                message.deadCode != "unknown_request", message.deadCode != "unprocessable"
            else { continue }
            world.faults.tally.replays += 1
            world.send(type: message.type, request: message.request, body: message.body, as: message.kind)
        }
        world.timeline.run(until: world.timeline.now + scenario.beats(2) + .seconds(10)) {
            world.auditor.violation != nil
        }
        world.auditor.check(.brake, !ledger.isPaused(), "a pause that was lifted stands again")
        let after = ledger.fingerprint()
        let changed = zip(before, after).first { before, after in
            before != after && ended.contains(String(before.split(separator: " ")[0]))
        }
        world.auditor.check(
            .replay, changed == nil, about: changed.map { String($0.0.split(separator: " ")[0]) },
            "a replay has changed \(changed.map { "\($0.0) → \($0.1)" } ?? "")")
    }
}
