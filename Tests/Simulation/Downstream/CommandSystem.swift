import RefundMessages
import RefundPolicy

/// The access or the payout system: does what a key asks once, says so at least once, and may say other things before and
/// after. Its clock may be wrong.
final class CommandSystem {
    /// What is said of a key, in this order.
    private struct Entry {
        var words: [SystemWord]
        /// How many of them it has begun to say.
        var told = 0
    }

    private let world: World
    private let command: String
    private var random: SeededRandom
    /// Looked up by key, never walked.
    private var entries: [String: Entry] = [:]
    private var clock: WrongClock

    init(_ world: World, command: String) {
        self.world = world
        self.command = command
        random = SeededRandom(seed: world.scenario.seed, stream: command == "payout" ? 5 : 6)
        clock = WrongClock(isWrong: world.faults.isEnabled(.wrongClocks), using: &random)
    }

    func receive(_ message: BrokerMessage) {
        // It reads its queue when it gets round to it.
        world.later(random.time(.milliseconds(1), .milliseconds(300))) { [self] in act(on: message) }
    }

    private func act(on message: BrokerMessage) {
        guard let key = Text.member("idempotency_key", of: message.body) else {
            return world.auditor.broken(.identity, "a command names no idempotency key", about: message.id)
        }
        if entries[key] == nil {
            let words = drawWords(of: key)
            entries[key] = Entry(words: words)
            if command == "payout", words.contains(where: \.isSuccess) {
                if words.first?.isSuccess == false || words.count > 2, let parts = Text.key(key) {
                    world.auditor.isMisled(parts.request)
                }
                world.auditor.pay(message)
            }
        }
        if world.faults.chance(.silence, full: 0.6) { return }
        sayNext(key)
    }

    /// Says the first words, again if they were said before, and plans the rest.
    private func sayNext(_ key: String) {
        guard let entry = entries[key], let first = entry.words.first else { return }
        tell(key, first)
        guard entry.told == 0 else { return }
        entries[key]?.told = entry.words.count
        var wait = Duration.zero
        for word in entry.words.dropFirst() {
            wait = wait + random.time(.milliseconds(1), world.scenario.beats(word.isPrompt ? 3 : 12))
            world.later(wait) { [self] in
                if command == "payout", !word.isSuccess { world.auditor.takeBack(key) }
                tell(key, word)
            }
        }
    }

    private func drawWords(of key: String) -> [SystemWord] {
        if world.faults.isEnabled(.wrongClocks) { world.faults.hit(.wrongClocks) }
        let now = world.timeline.now
        func word(_ isSuccess: Bool, _ code: String = "", isRetryable: Bool = false) -> SystemWord {
            SystemWord(
                isSuccess: isSuccess, code: code, isRetryable: isRetryable,
                occurredAt: clock.text(of: now + random.time(.zero, .seconds(5)), using: &random),
                reference: isSuccess ? "ref-\(key)" : "", isPrompt: false)
        }
        var words: [SystemWord]
        if world.faults.chance(.finalFailures, full: 0.25) {
            words = [word(false, "declined")]
        } else if world.faults.chance(.retryableFailures, full: 0.5) {
            words = [word(false, "declined", isRetryable: true)]
        } else {
            words = [word(true)]
        }
        if let first = words.first, world.faults.chance(.contradictions, full: 0.35) {
            var other = word(!first.isSuccess, first.isSuccess ? "timeout" : "")
            other.isPrompt = true
            words.append(other)
            if random.chance(0.3) { words.append(word(first.isSuccess, first.isSuccess ? "" : "again")) }
        }
        while words.last?.isSuccess == true, world.faults.chance(.bounces, full: 0.2) {
            words.append(word(false, "bounced"))
            if random.chance(0.3) { words.append(word(true)) }
        }
        return words
    }

    private func tell(_ key: String, _ word: SystemWord) {
        repeat {
            let wait: Duration =
                world.faults.chance(.lateReplies, full: 0.5)
                ? random.time(.zero, world.scenario.beats(12)) : random.time(.zero, .milliseconds(500))
            world.later(wait) { [self] in say(key, word) }
        } while world.faults.chance(.repeatedReplies, full: 0.5)
    }

    private func say(_ key: String, _ word: SystemWord) {
        guard let parts = Text.key(key) else { return }
        world.auditor.told(key, success: word.isSuccess)
        let name = "\"command_id\":\"\(parts.request)/\(parts.command)\""
        let rest = "\"occurred_at\":\"\(word.occurredAt)\"\(word.members)}"
        if world.faults.chance(.keylessReplies, full: 0.1) {
            // It says so once more, and forgets the key.
            world.send(
                type: word.type, request: parts.request, body: Array("{\(name),\(rest)".utf8),
                as: .unreadable(code: "invalid_field"))
        }
        if world.faults.chance(.wrongSenders, full: 0.1) {
            // The other system says what is not for it to say.
            world.send(
                type: word.type, request: parts.request,
                body: Array("{\(name),\"idempotency_key\":\"\(key)\",\(rest)".utf8),
                as: .unreadable(code: "wrong_sender"), through: command == "payout" ? .access : .payout)
        }
        world.send(
            type: word.type, request: parts.request,
            body: Array("{\(name),\"idempotency_key\":\"\(key)\",\(rest)".utf8), as: .reply)
    }
}

/// One thing that a system says of a key: the same each time that it says so.
struct SystemWord {
    let isSuccess: Bool
    let code: String
    let isRetryable: Bool
    let occurredAt: String
    let reference: String
    /// It follows soon on what was said before.
    var isPrompt: Bool

    var type: String { isSuccess ? "command.succeeded" : "command.failed" }

    var members: String {
        isSuccess
            ? ",\"reference\":\"\(reference)\""
            : ",\"code\":\"\(code)\",\"message\":\"no\",\"retryable\":\(isRetryable)"
    }
}

/// The clock of another system: right, or off by seconds, days or years, or showing nothing but the day.
struct WrongClock {
    private enum Manner: CaseIterable {
        case right, secondsOff, stands, coarse, daysOff, yearsOff, mixed
    }

    private let manner: Manner
    private var stood: Instant?

    init(isWrong: Bool, using random: inout SeededRandom) {
        manner = isWrong ? random.pick(Manner.allCases) : .right
    }

    /// What it says when it is `now`.
    mutating func text(of now: Instant, using random: inout SeededRandom) -> String {
        let manner = manner == .mixed ? random.pick(Manner.allCases) : manner
        switch manner {
        case .right, .mixed: return "\(now)"
        case .secondsOff: return "\(now + .milliseconds(random.number(-30_000...30_000)))"
        case .stands:
            stood = stood ?? now
            return "\(stood ?? now)"
        case .coarse: return "\(now.dateInUTC)T00:00:00Z"
        case .daysOff: return "\(now + .seconds(86_400 * random.number(-3...3)))"
        case .yearsOff:
            return random.pick(["2099-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "0001-01-01T00:00:00Z"])
        }
    }
}
