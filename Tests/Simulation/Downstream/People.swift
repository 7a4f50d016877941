import RefundPolicy

/// Operators: they review what is in review, and see to what an alert calls them for, sooner or later.
final class People {
    private let world: World
    private var random: SeededRandom
    private var callsAnswered: [String: Int] = [:]
    private var number = 0

    init(_ world: World) {
        self.world = world
        random = SeededRandom(seed: world.scenario.seed, stream: 7)
    }

    func read(_ message: BrokerMessage) {
        guard let id = Text.member("request_id", of: message.body) else { return }
        let beats = world.scenario.beats
        if message.type == "notice.decided", Text.member("outcome", of: message.body) == "in_review" {
            world.timeline.after(random.time(.zero, beats(40))) { [self] in review(id) }
        } else if message.type == "alert.needs_attention" || message.id.hasSuffix("/refund_missed") {
            let calls = callsAnswered[message.id, default: 0]
            guard calls == 0, random.chance(0.8) else { return }
            callsAnswered[message.id] = 1
            world.timeline.after(random.time(.zero, beats(10))) { [self] in attend(id) }
        }
    }

    /// What the broker gave up after too many returns, and was innocent, is sent again (`dead replay`).
    func readDead(_ message: BrokerMessage) {
        guard message.deadCode == "delivery_limit", let known = world.auditor.sent[message.id], known.kind != .deadly
        else { return }
        world.timeline.after(random.time(.zero, world.scenario.beats(10))) { [self] in
            world.send(type: known.type, request: known.request, body: known.body, as: known.kind)
        }
    }

    private func review(_ id: String) {
        number += 1
        let paid = world.auditor.paid(id)
        let approves = random.chance(0.6)
        let named = random.chance(0.5) ? random.number(0...paid) : nil
        let amount = world.auditor.refund(id) == nil ? named ?? paid : named
        if approves { world.auditor.reviewed(id, amount: amount) }
        let money = amount.map { ",\"amount\":{\"amount\":\"\(Text.dollars($0))\",\"currency\":\"USD\"}" } ?? ""
        say(
            "refund.reviewed", id,
            "\"verdict\":\"\(approves ? "approve" : "reject")\"\(approves ? money : ""),\"by\":\"ann\",\"note\":\"n\(number)\""
        )
    }

    private func attend(_ id: String) {
        number += 1
        if random.chance(0.6) {
            say("refund.retried", id, "\"by\":\"bob\",\"note\":\"n\(number)\"")
        } else {
            say("refund.reviewed", id, "\"verdict\":\"close\",\"by\":\"bob\",\"note\":\"n\(number)\"")
        }
    }

    private func say(_ type: String, _ id: String, _ members: String) {
        world.send(type: type, request: id, body: Array("{\"request_id\":\"\(id)\",\(members)}".utf8), as: .event)
    }
}
