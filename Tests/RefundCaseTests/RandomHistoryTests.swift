import RefundCase
import RefundMessages
import RefundPolicy
import TestSupport
import Testing

/// What holds in every life, whatever happens in whatever order (design.md, "What must hold").
struct RandomHistoryTests {
    @Test("nothing that happens in any order breaks what must hold", arguments: [1, 2, 3, 4] as [UInt64])
    func keepsInvariants(_ block: UInt64) throws {
        for seed in block * 10_000..<block * 10_000 + 250 {
            var history = RandomHistory(seed: seed)
            var audit = Audit(history)
            for _ in 0..<30 { audit.follow(history.advance()) }
            try #require(audit.faults.isEmpty, "seed \(seed): \(audit.faults) in \(history.life.transcript)")
        }
    }

    @Test("saying anything again, however much later, changes nothing", arguments: [1, 2, 3, 4] as [UInt64])
    func isRepeated(_ block: UInt64) throws {
        for seed in block * 10_000..<block * 10_000 + 150 {
            var history = RandomHistory(seed: seed)
            for _ in 0..<30 { _ = history.advance() }
            var life = history.life
            for step in history.steps where step.event.isTold {
                if case .notYet = step.transition { continue }
                if case .refused = step.transition, step.event.isReply { continue }
                let before = life.refundCase
                let summary = life.add(step.event, at: step.at)
                try #require(life.refundCase == before, "seed \(seed): \(step.event) again: \(summary)")
            }
        }
    }

    @Test("the events alone rebuild the case", arguments: [3, 4] as [UInt64])
    func rebuilds(_ block: UInt64) throws {
        for seed in block * 10_000..<block * 10_000 + 150 {
            var history = RandomHistory(seed: seed)
            for _ in 0..<25 { _ = history.advance() }
            let rebuilt = try RefundCase.rebuild(from: history.life.events, policy: history.refundCase.policy)
            try #require(rebuilt == history.refundCase, "seed \(seed): \(history.life.transcript)")
            try #require(history.life.events.count == rebuilt.eventCount, "seed \(seed)")
        }
    }

    @Test("from every open state a person gets to an end", arguments: [7, 8] as [UInt64])
    func ends(_ block: UInt64) throws {
        for seed in block * 10_000..<block * 10_000 + 200 {
            var history = RandomHistory(seed: seed)
            for _ in 0..<Int(seed % 25) { _ = history.advance() }
            var life = history.life
            life.broker = .out
            life.confirmAll()
            var now = (history.steps.last?.at ?? Example.receivedAt) + .hours(1)
            while life.status == .approved, let due = life.refundCase.dueAt {
                now = max(now, due)
                life.fallDue(at: now)
            }
            if life.status.isOpen {
                life.add(.reviewed(life.status == .inReview ? .reject : .close, action: "end"), at: now)
            }
            try #require(!life.status.isOpen, "seed \(seed): \(life.transcript)")
            try #require(life.sends(until: now + .days(90)) == [], "seed \(seed)")
        }
    }

    @Test(
        "time alone ends: what is due is moved on or done, and never due again at once", arguments: [5, 6] as [UInt64])
    func timeEnds(_ block: UInt64) throws {
        for seed in block * 10_000..<block * 10_000 + 200 {
            var history = RandomHistory(seed: seed)
            for _ in 0..<Int(seed % 12) { _ = history.advance() }
            var life = history.life
            life.broker = .out
            life.confirmAll()
            life.payoutsArePaused = false
            var steps = 0
            while let due = life.refundCase.dueAt {
                try #require(life.fallDue(at: due, answeredAt: due) != "unchanged", "seed \(seed): due at \(due)")
                #expect(life.refundCase.dueAt.map { $0 > due } ?? true, "seed \(seed): due at \(due) again")
                steps += 1
                try #require(steps < 200, "seed \(seed)")
            }
        }
    }

    @Test("the same history twice is the same to the last bit")
    func isDeterministic() {
        for seed in UInt64(70_000)..<70_100 {
            var first = RandomHistory(seed: seed)
            var second = RandomHistory(seed: seed)
            for _ in 0..<20 { #expect(first.advance().transition == second.advance().transition, "seed \(seed)") }
        }
    }

    @Test("random histories go everywhere: every status, and every kind of message")
    func reachesEverything() {
        var statuses: Set<CaseStatus> = []
        var reached: Set<String> = []
        for seed in UInt64(80_000)..<80_900 {
            var history = RandomHistory(seed: seed)
            for effect in history.openingEffects { reached.insert(effect.kind) }
            for _ in 0..<60 {
                guard case .changed(let next, let effects) = history.advance().transition else { continue }
                statuses.insert(next.state.status)
                for effect in effects { reached.insert(effect.kind) }
            }
        }
        #expect(statuses == Set(CaseStatus.allCases))
        let notices = ["approved", "rejected", "in_review", "settled", "delayed", "withdrawn", "withdrawal_refused"]
        let expected =
            notices.map { "notice \($0)" }
            + CommandKind.allCases.flatMap { kind in
                ["#", " again", " taken back"].map { kind.rawValue + $0 }
                    + [
                        "failed", "unanswered", kind == .revoke ? "undone" : "bounced", "contradicted", "in_doubt",
                        "done_twice",
                    ]
                    .map { "alert \(kind.rawValue)_\($0)" }
            }
            + ["alert payout_after_end", "alert access_to_restore"]
            + DeadlineKind.allCases.flatMap { ["alert \($0.rawValue)_at_risk", "alert \($0.rawValue)_missed"] }
        #expect(Set(expected).subtracting(reached) == [])
    }
}

extension CaseEvent {
    fileprivate var isReply: Bool {
        switch self {
        case .succeeded, .failed: true
        case .withdrawn, .reviewed, .retried, .fellDue: false
        }
    }

    /// A message told it; time is not told.
    fileprivate var isTold: Bool { self != .fellDue }
}

extension Effect {
    /// The summary without numbers.
    fileprivate var kind: String {
        String(summary.prefix { !"#/.,".contains($0) }) + (summary.contains("#") && !summary.contains("/") ? "#" : "")
    }
}
