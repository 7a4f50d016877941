import RefundCase
import RefundPolicy
import TestSupport
import Testing

/// What holds in every life, whatever happens in whatever order.
struct RandomHistoryTests {
    @Test("nothing that happens in any order breaks what must hold", arguments: [1, 2, 3, 4] as [UInt64])
    func keepsInvariants(_ block: UInt64) throws {
        for seed in block * 10_000..<block * 10_000 + 500 {
            var history = RandomHistory(seed: seed)
            var audit = Audit(history)
            for _ in 0..<30 {
                let step = history.advance()
                audit.follow(step)
            }
            try #require(
                audit.faults.isEmpty, "seed \(seed): \(audit.faults) in \(history.steps.map(\.transition.summary))")
        }
    }

    @Test(
        "a reply that a case has acted upon changes nothing when it comes again, however much later",
        arguments: [1, 2, 3, 4] as [UInt64])
    func repliesAreRepeated(_ block: UInt64) throws {
        for seed in block * 10_000..<block * 10_000 + 500 {
            var history = RandomHistory(seed: seed)
            for _ in 0..<30 { _ = history.advance() }
            let last = history.refundCase
            for step in history.steps where step.isReply && !step.callsForDoneTwice {
                guard case .changed = step.transition, case .changed = last.apply(step.event, at: step.at) else {
                    continue
                }
                Issue.record("seed \(seed): \(step.event) changes \(last.state) again")
                return
            }
        }
    }

    @Test(
        "time alone ends: what is due is moved on or done, and never due again at once", arguments: [5, 6] as [UInt64])
    func timeEnds(_ block: UInt64) throws {
        for seed in block * 10_000..<block * 10_000 + 200 {
            var history = RandomHistory(seed: seed)
            for _ in 0..<Int(seed % 12) { _ = history.advance() }
            var life = history.refundCase
            var steps = 0
            while let due = life.dueAt {
                let transition = life.apply(.fellDue(.allOut(answeredAt: due)), at: due)
                guard case .changed(let next, _) = transition else {
                    throw Stuck(seed: seed, due: due)
                }
                #expect(next.dueAt.map { $0 > due } ?? true, "seed \(seed): due at \(due) again")
                life = next
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
        var summaries: Set<String> = []
        for seed in UInt64(80_000)..<81_500 {
            var history = RandomHistory(seed: seed)
            for effect in history.openingEffects { summaries.insert(effect.summary) }
            for _ in 0..<30 {
                guard case .changed(let next, let effects) = history.advance().transition else { continue }
                statuses.insert(next.state.status)
                for effect in effects { summaries.insert(effect.summary) }
            }
        }
        #expect(statuses == Set(CaseStatus.allCases))
        let expected =
            NoticeKind.allCases.map { "notice \($0.rawValue)" }
            + CommandKind.allCases.flatMap { kind in
                ["#1", "#2", "#3", " again, attempt 2", " again, attempt 3"].map { kind.rawValue + $0 }
                    + ["failed", "unanswered", "bounced", "done_twice"].map { "alert \(kind.rawValue)_\($0)" }
            }
            + DeadlineKind.allCases.flatMap { ["alert \($0.rawValue)_at_risk", "alert \($0.rawValue)_missed"] }
        #expect(Set(expected).subtracting(summaries) == [])
    }

    private struct Stuck: Error {
        let seed: UInt64
        let due: Instant
    }
}

extension RandomHistory.Step {
    fileprivate var isReply: Bool {
        switch event {
        case .succeeded, .failed: true
        case .withdrawn, .reviewed, .retried, .fellDue: false
        }
    }

    /// The success of a second key is only alerted, not kept: after a bounce of the first it is news, and true.
    fileprivate var callsForDoneTwice: Bool {
        guard case .changed(_, let effects) = transition else { return false }
        return effects.contains { effect in
            if case .send(.alert(.doneTwice), _) = effect { true } else { false }
        }
    }
}

extension Effect {
    fileprivate var sendsPayout: Bool {
        switch self {
        case .send(.command(.payout, _), _), .resend(.payout, _, _): true
        case .send, .resend, .takeBack: false
        }
    }
}

/// Watches a case from outside, by its messages, and keeps its own books.
private struct Audit {
    private(set) var faults: [String] = []
    private var told: Set<String> = []
    private var keys: [CommandKind: Int] = [:]
    private var attempts: [String: Int] = [:]
    private var messages = 0
    private var events = 1
    private var hasOpenPayout = false
    /// A person has closed the case while the payout had not succeeded.
    private var wentByOtherMeans = false

    init(_ history: RandomHistory) {
        follow(history.openingEffects)
        hasOpenPayout = history.refundCase.state.fulfilment?.payout != nil
        check(history.refundCase)
    }

    mutating func follow(_ step: RandomHistory.Step) {
        if case .changed(let next, let effects) = step.transition {
            events += 1
            if wentByOtherMeans, effects.contains(where: \.sendsPayout) { faults.append("pays after a close") }
            if case .reviewed(let review) = step.event, review.verdict == .close, hasOpenPayout {
                wentByOtherMeans = true
            }
            hasOpenPayout = next.state.fulfilment?.payout.map { !$0.hasSucceeded } ?? false
            follow(effects)
            check(next)
            checkOnce(step, next)
        }
    }

    private mutating func follow(_ effects: [Effect]) {
        for effect in effects {
            switch effect {
            case .send(let message, let ordinal):
                if ordinal.number != messages { faults.append("ordinal \(ordinal.number) after \(messages) messages") }
                messages += 1
                if case .command(let kind, let key) = message {
                    if key != keys[kind, default: 0] + 1 { faults.append("\(kind) skips to key \(key)") }
                    keys[kind] = key
                    attempts["\(ordinal.number)"] = 1
                } else if !told.insert(effect.summary).inserted {
                    faults.append("\(effect.summary) is told twice")
                }
            case .resend(let kind, let ordinal, let attempt):
                let known = attempts["\(ordinal.number)"]
                if known.map({ $0 + 1 }) != attempt { faults.append("\(kind) jumps to attempt \(attempt)") }
                attempts["\(ordinal.number)"] = attempt
            case .takeBack(let kind, let ordinal):
                if attempts["\(ordinal.number)"] == nil { faults.append("\(kind) takes back what is no command") }
            }
        }
    }

    private mutating func check(_ refundCase: RefundCase) {
        let paid = refundCase.request.invoice.paid
        if refundCase.eventCount != events { faults.append("counts \(refundCase.eventCount) events of \(events)") }
        if refundCase.messageCount != messages { faults.append("counts \(refundCase.messageCount) messages") }
        guard let fulfilment = refundCase.state.fulfilment else { return }
        if fulfilment.refund.minorUnits > paid.minorUnits { faults.append("refunds more than was paid") }
        if fulfilment.refund.isZero != (fulfilment.payout == nil) { faults.append("pays out nothing") }
        for command in fulfilment.commands {
            if command.message != nil, keys[command.kind] != command.key {
                faults.append("\(command.kind) loses its key")
            }
            if command.earlierFailures.count != command.key - 1 { faults.append("a key grew without a failure") }
            if command.attempts > refundCase.policy.commands.maxAttempts { faults.append("too many attempts") }
        }
        switch refundCase.state {
        case .approved where fulfilment.isComplete, .attention where fulfilment.isComplete:
            faults.append("is complete and not settled")
        case .settled where !fulfilment.isComplete && refundCase.review?.verdict != .close:
            faults.append("is settled and not complete")
        case .settled where fulfilment.commands.contains { $0.dueAt != nil }:
            faults.append("is settled and still sends")
        default: break
        }
    }

    /// Delivered once more at once, a message changes nothing or is refused, unless it is a person's retry of a case
    /// that is still in attention.
    private mutating func checkOnce(_ step: RandomHistory.Step, _ next: RefundCase) {
        let again = next.apply(step.event, at: step.at)
        guard case .changed = again else { return }
        faults.append("\(step.event) twice: \(again.summary)")
    }
}
