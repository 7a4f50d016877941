import RefundPolicy

/// The access or the payout system: does what a key asks once, says so at least once, and keeps what it said.
final class CommandSystem {
    private enum Answer {
        case done
        case refused(isRetryable: Bool)
    }

    private struct Entry {
        let body: [UInt8]
        let answer: Answer
        let occurredAt: Instant
        var isBounced = false
    }

    private let world: World
    private let command: String
    private var random: SeededRandom
    /// Looked up by key, never walked.
    private var entries: [String: Entry] = [:]

    init(_ world: World, command: String) {
        self.world = world
        self.command = command
        random = SeededRandom(seed: world.scenario.seed, stream: command == "payout" ? 5 : 6)
    }

    func receive(_ message: BrokerMessage) {
        // It reads its queue when it gets round to it.
        world.timeline.after(random.time(.milliseconds(1), .milliseconds(300))) { [self] in act(on: message) }
    }

    private func act(on message: BrokerMessage) {
        guard let key = Text.member("idempotency_key", of: message.body) else {
            return world.auditor.broken(.identity, "a command names no idempotency key", about: message.id)
        }
        if entries[key] == nil {
            let answer = drawAnswer()
            entries[key] = Entry(body: message.body, answer: answer, occurredAt: world.timeline.now)
            if case .done = answer, command == "payout" { world.auditor.pay(message) }
        }
        guard let entry = entries[key] else { return }
        if world.faults.chance(.silence, full: 0.6) { return }
        reply(key, entry)
        if case .done = entry.answer, !entry.isBounced, world.faults.chance(.bounces, full: 0.15) {
            entries[key]?.isBounced = true
            let wait = random.time(.zero, world.scenario.beats(15))
            world.timeline.after(wait) { [self] in bounce(key, message) }
        }
    }

    private func drawAnswer() -> Answer {
        if world.faults.chance(.finalFailures, full: 0.25) { return .refused(isRetryable: false) }
        if world.faults.chance(.retryableFailures, full: 0.5) { return .refused(isRetryable: true) }
        return .done
    }

    private func bounce(_ key: String, _ message: BrokerMessage) {
        if command == "payout" { world.auditor.takeBack(message) }
        world.auditor.told(key, success: false, at: world.timeline.now)
        say(key, type: "command.failed", at: world.timeline.now, more: failure("bounced", isRetryable: false))
    }

    private func reply(_ key: String, _ entry: Entry) {
        repeat {
            let wait: Duration =
                world.faults.chance(.lateReplies, full: 0.5)
                ? random.time(.zero, world.scenario.beats(12)) : random.time(.zero, .milliseconds(500))
            world.timeline.after(wait) { [self] in
                switch entry.answer {
                case .done:
                    world.auditor.told(key, success: true, at: entry.occurredAt)
                    say(key, type: "command.succeeded", at: entry.occurredAt, more: ",\"reference\":\"ref-\(key)\"")
                case .refused(let isRetryable):
                    world.auditor.told(key, success: false, at: entry.occurredAt)
                    say(
                        key, type: "command.failed", at: entry.occurredAt,
                        more: failure("declined", isRetryable: isRetryable))
                }
            }
        } while world.faults.chance(.repeatedReplies, full: 0.5)
    }

    private func failure(_ code: String, isRetryable: Bool) -> String {
        ",\"code\":\"\(code)\",\"message\":\"no\",\"retryable\":\(isRetryable)"
    }

    private func say(_ key: String, type: String, at occurredAt: Instant, more: String) {
        guard let parts = Text.key(key) else { return }
        let name = "\"command_id\":\"\(parts.request)/\(parts.command)\""
        let keyed = world.faults.chance(.keylessReplies, full: 0.5) ? "" : ",\"idempotency_key\":\"\(key)\""
        let body = "{\(name)\(keyed),\"occurred_at\":\"\(occurredAt)\"\(more)}"
        world.send(type: type, request: parts.request, body: Array(body.utf8), as: .reply)
    }
}
