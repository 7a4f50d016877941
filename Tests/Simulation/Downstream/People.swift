import RefundPolicy

/// Operators: they review what is in review, see to what an alert calls them for, sooner or later, and pull the brake. What
/// they do may be delivered more than once, long afterwards.
final class People {
    private let world: World
    private var random: SeededRandom
    private var callsAnswered: [String: Int] = [:]
    private var number = 0
    private var pauses: [String] = []
    /// Acts that lift the pause that stands, by the pause.
    private var lifting: [String: String] = [:]

    init(_ world: World) {
        self.world = world
        random = SeededRandom(seed: world.scenario.seed, stream: 7)
    }

    func read(_ message: BrokerMessage) {
        guard let id = Text.member("request_id", of: message.body) else { return }
        let beats = world.scenario.beats
        if message.type == "notice.decided", Text.member("outcome", of: message.body) == "in_review" {
            world.later(random.time(.zero, beats(40))) { [self] in review(id) }
        } else if message.type == "notice.decided", world.faults.chance(.voids, full: 0.1) {
            world.later(random.time(.zero, beats(6))) { [self] in decide(id, "void", by: "cleo") }
        } else if message.type == "alert.needs_attention" || message.id.hasSuffix("/refund_missed") {
            let calls = callsAnswered[message.id, default: 0]
            guard id != "fleet", calls == 0, random.chance(0.8) else { return }
            callsAnswered[message.id] = 1
            world.later(random.time(.zero, beats(10))) { [self] in
                attend(id, calledBy: message.id)
            }
        }
    }

    /// What the broker gave up after too many returns, and was innocent, is sent again (`dead replay`); a pause that was not
    /// lifted is lifted anew.
    func readDead(_ message: BrokerMessage) {
        guard let known = world.auditor.sent[message.id], known.kind != .deadly else { return }
        if message.deadCode == "delivery_limit" {
            if case .unreadable = known.kind { return }
            world.later(random.time(.zero, world.scenario.beats(10))) { [self] in
                world.send(type: known.type, request: known.request, body: known.body, as: known.kind)
            }
        } else if known.type == "payouts.resumed", let act = Text.member("action_id", of: known.body),
            let pause = lifting.removeValue(forKey: act)
        {
            world.later(random.time(.seconds(1), world.scenario.beats(2))) { [self] in
                // Another pause has taken its place, and is lifted by whoever made it.
                let isOver = world.auditor.watch.brakeActs.contains(pause) && world.ledger.standingPause() != pause
                if !isOver { lift(pause) }
            }
        }
    }

    // MARK: Cases

    private func review(_ id: String) {
        if world.faults.chance(.voids, full: 0.2) { return decide(id, "void", by: "ann") }
        let paid = world.auditor.paid(id)
        let approves = random.chance(0.6)
        let named = random.chance(0.5) ? random.number(0...paid) : nil
        let amount = world.auditor.refund(id) == nil ? named ?? paid : named
        if approves { world.auditor.reviewed(id, amount: amount) }
        decide(id, approves ? "approve" : "reject", amount: approves ? amount : nil, by: "ann")
    }

    private func attend(_ id: String, calledBy alert: String) {
        let isRevoke = alert.contains("/revoke_")
        // A new key is what a retry makes of a failure, and what a worker has in its memory alone.
        if world.faults.chance(.hastyCloses, full: alert.contains("_failed/") ? 1 : 0.6) { return closeInHaste(id) }
        let choice = random.number(0...9)
        switch choice {
        case 0...4: say("refund.retried", id, "", by: "bob")
        case 5...6: decide(id, "close", by: "bob")
        case 7:
            // Less than is owed, if anything is.
            let owed = world.auditor.watch.models[id]?.granted ?? 1
            decide(id, "close", amount: random.number(1...max(1, owed)), by: "bob")
        case 8 where world.faults.chance(.voids, full: 1): decide(id, "void", by: "bob")
        default:
            if isRevoke {
                decide(id, "access_withdrawn", by: "bob")
            } else {
                say("refund.retried", id, "", by: "bob")
            }
        }
    }

    /// Somebody retries while the way to the broker is cut, and somebody else closes the case before it is back.
    private func closeInHaste(_ id: String) {
        // Shorter than a worker may keep a message that it has got, most of the time.
        let cut = random.time(.seconds(1), random.chance(0.2) ? .seconds(60) : .seconds(8))
        world.cutPublishers(for: cut)
        say("refund.retried", id, "", by: "bob")
        let verdict = random.chance(0.8) ? "close" : "void"
        world.later(random.time(.milliseconds(50), min(cut, .seconds(9)))) { [self] in decide(id, verdict, by: "eve") }
    }

    private func decide(_ id: String, _ verdict: String, amount: Int? = nil, by who: String) {
        let currency = world.auditor.currency(id)
        let money = amount.map { ",\"amount\":{\"amount\":\"\(Text.dollars($0))\",\"currency\":\"\(currency)\"}" } ?? ""
        say("refund.reviewed", id, ",\"verdict\":\"\(verdict)\"\(money)", by: who)
    }

    private func say(_ type: String, _ id: String, _ members: String, by who: String) {
        number += 1
        let act = "\"action_id\":\"act-\(number)\",\"request_id\":\"\(id)\""
        let body = Array("{\(act)\(members),\"by\":\"\(who)\",\"note\":\"n\(number)\"}".utf8)
        world.send(type: type, request: id, body: body, as: .event)
        repeatLater(type, id, body)
    }

    private func repeatLater(_ type: String, _ id: String, _ body: [UInt8]) {
        while world.faults.chance(.repeatedActs, full: 0.6) {
            world.later(random.time(.zero, world.scenario.beats(25))) { [world] in
                world.send(type: type, request: id, body: body, as: id == "fleet" ? .fleet : .event)
            }
        }
    }

    // MARK: The brake

    func begin() {
        guard world.faults.isEnabled(.pauses) else { return }
        for _ in 0..<random.number(1...3) {
            world.later(random.time(.zero, world.scenario.beats(Double(world.scenario.faultyBeats)))) {
                [self] in
                pause()
            }
        }
    }

    private func pause() {
        world.faults.hit(.pauses)
        number += 1
        let pause = "act-\(number)"
        let body = Array("{\"action_id\":\"\(pause)\",\"by\":\"dora\",\"note\":\"n\(number)\"}".utf8)
        world.send(type: "payouts.paused", request: "fleet", body: body, as: .fleet)
        repeatLater("payouts.paused", "fleet", body)
        pauses.append(pause)
        world.later(random.time(.seconds(1), world.scenario.beats(15))) { [self] in
            // An older pause is named by mistake, which lifts nothing.
            if random.chance(0.3), let old = pauses.first { lift(old) }
            lift(pause)
        }
    }

    private func lift(_ pause: String) {
        number += 1
        let act = "act-\(number)"
        lifting[act] = pause
        let body = "{\"action_id\":\"\(act)\",\"pause\":\"\(pause)\",\"by\":\"dora\",\"note\":\"n\(number)\"}"
        world.send(type: "payouts.resumed", request: "fleet", body: Array(body.utf8), as: .fleet)
        repeatLater("payouts.resumed", "fleet", Array(body.utf8))
    }
}
