import Foundation
import RefundPolicy
import RefundService
import RefundWorker
import Simulation

/// The end of a drill for one fleet: everything drains, and what is there is compared with what was sent and seen.
struct Closing {
    let fleet: Fleet
    let setup: FleetSetup
    let drainedFrom: Instant
    /// One round of the drill, with a short wait.
    let turn: () -> Void
    let note: (String) -> Void

    /// How long nothing may move while something is left to do: longer than the policy's longest waits.
    private var patience: Duration { fleet.scenario.beats(300) + .seconds(120) }
    private var auditor: Auditor { fleet.auditor }

    /// Everything drains, and the workers are stopped.
    ///
    /// - Returns: from when until when they had no fault to bear; what falls due later is not theirs.
    func settle() throws -> ClosedRange<Instant> {
        try rest("after the faults")
        let calm = drainedFrom...max(drainedFrom, fleet.timeline.now)
        if auditor.violation == nil { note("\(fleet.kind.rawValue): drained") }
        return calm
    }

    /// Compares what is there. It takes minutes, in which no other fleet is listened to: all have settled before.
    func compare(calm: ClosedRange<Instant>) throws {
        guard auditor.violation == nil else { return }
        note("\(fleet.kind.rawValue): auditing")
        acknowledgeAll()
        try audit(calm)
        guard auditor.violation == nil else { return }
        for program in fleet.programs { try program.start() }
        try replay()
        guard auditor.violation == nil else { return }
        try compareQueues()
        note("\(fleet.kind.rawValue): audited")
    }

    // MARK: Draining

    /// Drains, and stops the workers, so that nothing falls due while one looks. That is a test of its own: a worker that is
    /// asked to stop finishes what it has begun, leaves nothing behind, and says that all is well.
    private func rest(_ what: String) throws {
        for _ in 0..<5 {
            try drain(what)
            for program in fleet.programs {
                if let complaint = program.stop(within: 30) { setup.findings.add(complaint) }
            }
            try readAllCopies()
            guard auditor.violation == nil else { return }
            guard fleet.timeline.isEmpty, fleet.pending == 0, try backlog().isEmpty,
                fleet.ledger.unfinished().isEmpty
            else {
                // Something fell due meanwhile, of a case that a person sees to.
                for program in fleet.programs { try program.start() }
                continue
            }
            return
        }
        let backlog = try backlog()
        auditor.broken(.liveness, "never at rest \(what): \(fleet.ledger.unfinished().prefix(5)), queues \(backlog)")
    }

    /// Until the queue of copies is empty and no copy is on its way here.
    private func readAllCopies() throws {
        while auditor.violation == nil {
            while auditor.violation == nil, !fleet.isQuiet { turn() }
            fleet.letGo()
            // The queue hears of it on its own time.
            Thread.sleep(forTimeInterval: 0.3)
            if try backlog()[copies] == nil { return }
        }
    }

    private var copies: String { fleet.names.prefix + Collector.queue }

    /// Until nobody has anything left to say, nothing waits in the store, and the workers' and systems' queues are empty.
    private func drain(_ what: String) throws {
        // A worker that does the same thing again and again never stands still, and yet does not drain.
        let end = ContinuousClock.now + patience * 4
        var limit = ContinuousClock.now + patience
        var progress = fleet.progress
        while auditor.violation == nil {
            turn()
            // A slow machine takes its time to read all copies; what does not go on at all is what is looked for.
            if fleet.progress != progress { (progress, limit) = (fleet.progress, min(end, .now + patience)) }
            let left = fleet.timeline.isEmpty && fleet.pending == 0 ? fleet.ledger.unfinished() : ["planned words"]
            if left.isEmpty, try backlog().isEmpty {
                // What was read by the collector last may make people speak.
                turn()
                if fleet.timeline.isEmpty, fleet.pending == 0, fleet.ledger.unfinished().isEmpty { break }
            }
            guard ContinuousClock.now < limit else {
                let backlog = try backlog()
                auditor.broken(
                    .liveness,
                    "not drained \(what): \(left.prefix(5)), queues \(backlog), \(fleet.pending) to be published",
                    about: left.first?.split(separator: " ").last.map { String($0.split(separator: "/")[0]) })
                return
            }
        }
        fleet.observing?.finish()
    }

    /// The queues that must run empty, and are not. Once everybody is stopped, nothing is delivered and not acknowledged.
    private func backlog() throws -> [String: Int] {
        let names = fleet.names
        return try QueueReading.depths(
            of: [names.requests, names.replies, names.revocations, names.payouts, copies], at: setup.broker.url)
    }

    // MARK: Auditing

    /// The workers' queues are empty: everything was acknowledged, and must have left its traces (invariant 4).
    private func acknowledgeAll() {
        for id in auditor.sentOrder {
            guard let sent = auditor.sent[id], sent.deadCode == nil else { continue }
            let message = BrokerMessage(serial: 0, id: id, type: sent.type, routingKey: sent.type, body: sent.body)
            auditor.acknowledged(message, from: sent.kind == .reply ? .replies : .requests)
        }
    }

    private func audit(_ calm: ClosedRange<Instant>) throws {
        let reader = try fleet.reader()
        try FinalAudit(auditor: auditor, ledger: fleet.ledger, reader: reader, calm: calm).run()
        TimesAudit(fleet: fleet).run()
    }

    /// Invariant 8: everything that was ever said about cases that have ended is said again.
    private func replay() throws {
        let before = Closing.byRequest(fleet.ledger.fingerprint())
        let ended = Set(
            before.filter { _, line in
                ["settled", "rejected", "withdrawn"].contains(line.split(separator: " ").dropFirst().first ?? "")
            }.keys)
        auditor.isReplaying = true
        for id in auditor.sentOrder {
            // What was given up before its case could hear of it is news when it is said again.
            guard let sent = auditor.sent[id], ended.contains(sent.request) || sent.kind == .fleet,
                !sent.exceededReturns, sent.deadCode != "unknown_request", sent.deadCode != "unprocessable"
            else { continue }
            fleet.send(type: sent.type, request: sent.request, body: sent.body, as: sent.kind)
        }
        note("\(fleet.kind.rawValue): everything about cases that have ended was said again")
        try rest("after everything was said again")
        auditor.check(.brake, !fleet.ledger.isPaused(), "a pause that was lifted stands again")
        let after = Closing.byRequest(fleet.ledger.fingerprint())
        let changed = ended.sorted().first { before[$0] != after[$0] }
        auditor.check(
            .replay, changed == nil, about: changed,
            "a replay has changed \(changed.map { "\(before[$0] ?? "") → \(after[$0] ?? "nothing")" } ?? "")")
    }

    private static func byRequest(_ lines: [String]) -> [String: String] {
        Dictionary(lines.map { (String($0.prefix { $0 != " " }), $0) }) { first, _ in first }
    }

    /// What waits in the queues that nobody reads here is what was seen on its way there, and nothing is unrouted.
    private func compareQueues() throws {
        let names = fleet.names
        let unrouted = try QueueReading.depths(of: [names.unrouted], at: setup.broker.url)
        auditor.check(.oneCase, unrouted.isEmpty, "messages could be routed nowhere: \(unrouted)")
        let waiting = [(QueueName.notices, names.notices), (.alerts, names.alerts), (.dead, names.dead)]
        for (queue, name) in waiting {
            let seen = fleet.observing?.seen[queue] ?? []
            let found = try QueueReading.ids(in: name, of: setup.broker.url)
            let missing = seen.subtracting(found).sorted().prefix(3)
            let strange = found.subtracting(seen).sorted().prefix(3)
            auditor.check(
                .allConfirmed, missing.isEmpty && strange.isEmpty,
                "\(name) lacks \(Array(missing)), and has \(Array(strange)), which were not seen")
        }
    }
}
