import RefundCase
import RefundPolicy
import TestSupport

/// Watches a case from outside, by its messages, and keeps its own books: it knows the contract and no state.
struct Audit {
    private(set) var faults: [String] = []
    private var told: Set<String> = []
    /// The last word of each key that was sent.
    private var lastWords: [CommandKind: [Word]] = [.revoke: [], .payout: []]
    private var attempts: [Int: Int] = [:]
    private var messages = 0
    private var events = 1
    private var wasSettled = false
    /// A person has said that the money went by other means, or goes not at all.
    private var paysNoMore = false
    /// All sending has ended.
    private var isVoid = false
    private var request = ""

    private enum Word { case nothing, failure, success }

    init(_ history: RandomHistory) {
        follow(history.openingEffects)
        check(history.refundCase)
    }

    mutating func follow(_ step: RandomHistory.Step) {
        guard case .changed(let next, let effects) = step.transition else {
            // Another success of a key that stands is the only word that counts and changes nothing.
            return
        }
        events += 1
        note(step)
        if case .reviewed(let review) = step.event { noteEnd(review, of: step.before) }
        if step.facts.payoutsArePaused, step.event == .fellDue, effects.contains(where: { $0.isResending(of: .payout) })
        {
            faults.append("pays again under a pause")
        }
        follow(effects)
        for notice in effects.map(\.summary) where notice.hasPrefix("notice delayed") && !wasSettled {
            faults.append("\(notice) before anything was told to be settled")
        }
        if effects.contains(where: { $0.summary.hasPrefix("notice settled") }) { wasSettled = true }
        check(next)
    }

    private mutating func note(_ step: RandomHistory.Step) {
        switch step.event {
        case .succeeded(let reply): lastWords[reply.kind]?[reply.key - 1] = .success
        case .failed(let reply):
            let stood = stands(reply.kind)
            lastWords[reply.kind]?[reply.key - 1] = .failure
            if stood, !stands(reply.kind), reply.kind == .payout, paysNoMore == false,
                step.before.state.status == .settled,
                case .changed(let next, _) = step.transition, next.state.status == .settled
            {
                faults.append("a bounce leaves the case settled, and nobody has paid")
            }
        case .withdrawn, .reviewed, .retried, .fellDue: break
        }
    }

    private mutating func noteEnd(_ review: Review, of before: RefundCase) {
        switch review.verdict {
        case .void: isVoid = true
        // It covered all that was owed, which is nothing where a payout stood.
        case .close: if review.amount == nil, !stands(.payout) { paysNoMore = true }
        case .approve, .reject, .accessWithdrawn: break
        }
    }

    private func stands(_ kind: CommandKind) -> Bool { lastWords[kind]?.contains(.success) ?? false }

    private mutating func follow(_ effects: [Effect]) {
        for effect in effects {
            if isVoid, effect.isCommand { faults.append("sends after a void") }
            if paysNoMore, effect.isSending(of: .payout) { faults.append("pays after a close") }
            for kind in CommandKind.allCases where effect.isSending(of: kind) && stands(kind) {
                faults.append("\(effect.summary) while a success stands")
            }
            switch effect {
            case .send(let message, let ordinal):
                if ordinal.number != messages { faults.append("ordinal \(ordinal.number) after \(messages) messages") }
                messages += 1
                if case .command(let kind, let key) = message {
                    note(kind, key: key, at: ordinal)
                } else if !told.insert(effect.summary).inserted {
                    faults.append("\(effect.summary) is told twice")
                }
            case .resend(let kind, let ordinal, let attempt):
                if attempts[ordinal.number].map({ $0 + 1 }) != attempt {
                    faults.append("\(kind) jumps to attempt \(attempt)")
                }
                attempts[ordinal.number] = attempt
            case .takeBack(let kind, let ordinal), .cancel(let kind, let ordinal):
                if attempts[ordinal.number] == nil { faults.append("\(kind) takes back what is no command") }
            }
        }
    }

    private mutating func note(_ kind: CommandKind, key: Int, at ordinal: MessageOrdinal) {
        let words = lastWords[kind] ?? []
        if key != words.count + 1 { faults.append("\(kind) skips to key \(key)") }
        if words.contains(where: { $0 != .failure }) { faults.append("\(kind)#\(key) though not every key failed") }
        lastWords[kind]?.append(.nothing)
        attempts[ordinal.number] = 1
    }

    private mutating func check(_ refundCase: RefundCase) {
        let paid = refundCase.request.invoice.paid
        if refundCase.eventCount != events { faults.append("counts \(refundCase.eventCount) events of \(events)") }
        if refundCase.messageCount != messages { faults.append("counts \(refundCase.messageCount) messages") }
        guard let fulfilment = refundCase.state.fulfilment else { return }
        if fulfilment.refund.minorUnits > paid.minorUnits { faults.append("refunds more than was paid") }
        if fulfilment.refund.isZero != (fulfilment.payout == nil) { faults.append("pays out nothing") }
        for command in fulfilment.commands {
            if command.stands != stands(command.kind), command.stands || command.kind == .payout {
                faults.append("\(command.kind) stands is \(command.stands)")
            }
            if command.attempts > refundCase.policy.commands.maxAttempts { faults.append("too many attempts") }
        }
        if refundCase.state.status == .settled, refundCase.dueAt.map({ $0 > refundCase.refundBy }) ?? false {
            faults.append("is settled and still due")
        }
    }
}

extension Effect {
    fileprivate func isResending(of wanted: CommandKind) -> Bool {
        if case .resend(let kind, _, _) = self { kind == wanted } else { false }
    }
}
