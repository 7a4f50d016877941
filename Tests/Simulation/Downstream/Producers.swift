import RefundPolicy

/// Those who send requests: once, twice, other content under one id, several for one invoice line, nonsense, and
/// things about requests that come later or never.
final class Producers {
    private let world: World
    private let scenario: Scenario
    private var random: SeededRandom
    private var number = 0

    init(_ world: World) {
        self.world = world
        scenario = world.scenario
        random = SeededRandom(seed: world.scenario.seed, stream: 4)
    }

    /// Plans everything that will be sent.
    func begin() {
        let span = scenario.beats(Double(scenario.faultyBeats))
        let bursts = (0..<random.number(1...4)).map { _ in random.time(.zero, span) }
        for index in 0..<scenario.requests {
            let wait = random.chance(0.6) ? random.pick(bursts) : random.time(.zero, span)
            let sharesLine = index > 0 && draws(.sharedLines, 0.5)
            let line = sharesLine ? "l\(random.number(0...min(index - 1, 3)))" : "l\(index)"
            world.later(wait) { [self] in request("rr-\(index)", line: line) }
        }
        if faultsAllow(.unreadable) {
            for _ in 0..<random.number(1...4) {
                world.later(random.time(.zero, span)) { [self] in nonsense() }
            }
        }
        if faultsAllow(.deadly), random.chance(0.5) {
            world.later(random.time(.zero, span)) { [self] in poison() }
        }
        if faultsAllow(.orphans) {
            for index in 0..<random.number(1...3) {
                world.later(random.time(.zero, span)) { [self] in
                    world.faults.hit(.orphans)
                    withdraw("none-\(index)", mayBeDead: true)
                }
            }
        }
    }

    private func request(_ id: String, line: String) {
        let now = world.timeline.now
        let variant = RequestVariant.draw(id: id, line: line, at: now, using: &random)
        var variants = [variant]
        if draws(.storeRefuses, 0.3) {
            world.refused.insert(id)
            world.later(random.time(.seconds(1), .seconds(600))) { [self] in world.refused.remove(id) }
        }
        if draws(.early, 0.4) {
            // Said before the request itself is on its way.
            withdraw(id, mayBeDead: false)
            world.later(random.time(.zero, scenario.beats(3))) { [self] in
                send(variant, body: variant.body)
            }
        } else {
            send(variant, body: variant.body)
        }
        while draws(.duplicates, 0.5) {
            let body = random.chance(0.5) ? variant.body : variant.respelled
            later(10) { [self] in send(variant, body: body) }
        }
        if draws(.conflicts, 0.4) {
            let other = RequestVariant.draw(id: id, line: line, at: now, using: &random)
            if other.body != variant.body {
                variants.append(other)
                later(5) { [self] in send(other, body: other.body) }
            }
        }
        if draws(.withdrawals, 0.4) { later(20) { [self] in withdraw(id, mayBeDead: false) } }
        world.auditor.willRequest(variants)
    }

    private func send(_ variant: RequestVariant, body: [UInt8]) {
        world.send(type: "refund.requested", request: variant.id, body: body, as: .request)
    }

    private func withdraw(_ id: String, mayBeDead: Bool) {
        let body =
            "{\"request_id\":\"\(id)\",\"submitted_at\":\"\(world.timeline.now)\",\"reason\":\"second thoughts\"}"
        world.send(type: "refund.withdrawn", request: id, body: Array(body.utf8), as: mayBeDead ? .orphan : .event)
    }

    private func nonsense() {
        world.faults.hit(.unreadable)
        number += 1
        let (type, body, code): (String, String, String) = random.pick([
            ("refund.requested", "{\"request_id\":\"bad-\(number)\"", "not_json"),
            ("refund.requested", "{\"request_id\":\"bad-\(number)\",\"version\":3}", "unsupported_version"),
            ("refund.strange", "{}", "unknown_type"),
            (
                "refund.reviewed", "{\"request_id\":\"rr-0\",\"verdict\":\"perhaps\",\"by\":\"a\",\"note\":\"b\"}",
                "invalid_field"
            ),
            ("refund.withdrawn", String(repeating: " ", count: Scenario.bodySize) + "{}", "rejected"),
        ])
        world.send(type: type, request: "bad-\(number)", body: Array(body.utf8), as: .unreadable(code: code))
    }

    private func poison() {
        world.faults.hit(.deadly)
        let type = random.chance(0.5) ? "refund.withdrawn" : "command.succeeded"
        world.send(type: type, request: "deadly", body: Array("{\"request_id\":\"deadly\"}".utf8), as: .deadly)
    }

    private func later(_ beats: Double, _ action: @escaping () -> Void) {
        world.later(random.time(.zero, scenario.beats(beats)), action)
    }

    private func draws(_ kind: FaultKind, _ full: Double) -> Bool {
        guard random.chance(scenario.rate(kind, full: full)) else { return false }
        world.faults.hit(kind)
        return true
    }

    private func faultsAllow(_ kind: FaultKind) -> Bool { scenario.intensity[kind] != nil }
}
