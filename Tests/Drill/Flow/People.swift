import RefundPolicy
import Simulation

/// Operators, and the bank: reviews, retries and closings after the alerts that ask for them, and payouts that bounce.
///
/// The simulator's `People` for real parts.
final class People {
    private let fleet: Fleet
    private var random: SeededRandom
    private var number = 0

    init(_ fleet: Fleet, seed: UInt64) {
        self.fleet = fleet
        random = SeededRandom(seed: seed, stream: 7)
    }

    /// A notice or an alert has come for the first time.
    func read(id: String, type: String, body: [UInt8]) {
        // What concerns the whole fleet is not one case's, and nobody has a case by that name.
        guard let request = Text.member("request_id", of: body), request != "fleet" else { return }
        if type == "notice.decided", Text.member("outcome", of: body) == "in_review" {
            later(12) { [self] in review(request) }
        } else if type == "alert.needs_attention" || id.hasSuffix("/refund_missed"), random.chance(0.8) {
            later(8) { [self] in attend(request) }
        }
    }

    /// The payout system has said that it paid: sometimes the money comes back all the same.
    func paid(_ key: String) {
        guard random.chance(0.03) else { return }
        later(15) { [self] in bounce(key) }
    }

    /// What the broker gave up after too many returns, and was innocent, is sent again (`dead replay`): a machine that is
    /// too busy to finish anything between two faults makes such letters.
    func replay(_ id: String) {
        guard let known = fleet.auditor.sent[id] else { return }
        switch known.kind {
        case .unreadable, .deadly: return
        case .request, .event, .reply, .fleet, .orphan:
            later(10) { [self] in
                fleet.send(type: known.type, request: known.request, body: known.body, as: known.kind)
            }
        }
    }

    private func review(_ id: String) {
        if random.chance(0.05) { return decide(id, "void", by: "ann") }
        let paid = fleet.auditor.paid(id)
        let approves = random.chance(0.6)
        let named = random.chance(0.5) ? random.number(0...paid) : nil
        let amount = fleet.auditor.refund(id) == nil ? named ?? paid : named
        if approves { fleet.auditor.reviewed(id, amount: amount) }
        decide(id, approves ? "approve" : "reject", amount: approves ? amount : nil, by: "ann")
    }

    private func attend(_ id: String) {
        switch random.number(0...9) {
        case 0...4: say("refund.retried", id, "", by: "bob")
        case 5...6: decide(id, "close", by: "bob")
        case 7: decide(id, "close", amount: 1, by: "bob")
        case 8: decide(id, "access_withdrawn", by: "bob")
        default: decide(id, "void", by: "bob")
        }
    }

    private func decide(_ id: String, _ verdict: String, amount: Int? = nil, by who: String) {
        let currency = fleet.auditor.currency(id)
        let money = amount.map { ",\"amount\":{\"amount\":\"\(Text.dollars($0))\",\"currency\":\"\(currency)\"}" } ?? ""
        say("refund.reviewed", id, ",\"verdict\":\"\(verdict)\"\(money)", by: who)
    }

    private func bounce(_ key: String) {
        guard let parts = Text.key(key) else { return }
        let now = fleet.timeline.now
        fleet.auditor.takeBack(key)
        fleet.auditor.told(key, success: false)
        let body =
            "{\"command_id\":\"\(parts.request)/\(parts.command)\",\"idempotency_key\":\"\(key)\",\"occurred_at\":\"\(now)\","
            + "\"code\":\"bounced\",\"message\":\"no\",\"retryable\":false}"
        fleet.send(type: "command.failed", request: parts.request, body: Array(body.utf8), as: .reply)
    }

    /// One act of one person, which may be delivered more than once.
    private func say(_ type: String, _ id: String, _ members: String, by who: String) {
        number += 1
        let act = "\"action_id\":\"act-\(number)\",\"request_id\":\"\(id)\""
        let body = Array("{\(act)\(members),\"by\":\"\(who)\",\"note\":\"n\(number)\"}".utf8)
        fleet.send(type: type, request: id, body: body, as: .event)
        while random.chance(0.15) {
            later(20) { [self] in fleet.send(type: type, request: id, body: body, as: .event) }
        }
    }

    private func later(_ beats: Double, _ action: @escaping () -> Void) {
        fleet.timeline.after(random.time(.zero, fleet.scenario.beats(beats)), action)
    }
}
