import RefundPolicy
import Simulation

/// Those who send requests: once, twice, other content under one id, several for one invoice line, nonsense, and things
/// about requests that come later or never.
///
/// The simulator's `Producers` for real parts: without an end, at a rate, and with a share of everything all the time.
final class Producing {
    private let fleet: Fleet
    private let rate: Double
    private var random: SeededRandom
    private var number = 0
    private(set) var isOver = false

    /// How large the share of each oddity is.
    private static let shares = (
        duplicate: 0.15, respelled: 0.5, conflict: 0.05, early: 0.05, withdrawal: 0.08, shared: 0.25, nonsense: 0.03,
        orphan: 0.01, burst: 0.02
    )

    /// - Parameter rate: requests a second, without their repetitions.
    init(_ fleet: Fleet, rate: Double, seed: UInt64) {
        self.fleet = fleet
        self.rate = rate
        random = SeededRandom(seed: seed, stream: 4)
    }

    var requests: Int { number }

    func begin() { planNext() }

    /// No more requests are made; what was planned about those that were still comes.
    func end() { isOver = true }

    private func planNext() {
        let wait = random.time(.zero, .seconds(2 / rate))
        fleet.timeline.after(wait) { [self] in
            guard !isOver else { return }
            let count = random.chance(Producing.shares.burst) ? random.number(10...60) : 1
            for _ in 0..<count { request() }
            if random.chance(Producing.shares.nonsense) { nonsense() }
            if random.chance(Producing.shares.orphan) { withdraw("none-\(number)", kind: .orphan) }
            planNext()
        }
    }

    private func request() {
        number += 1
        let id = "rr-\(number)"
        let sharesLine = number > 5 && random.chance(Producing.shares.shared)
        let line = sharesLine ? "l\(number - random.number(1...5))" : "l\(number)"
        let now = fleet.timeline.now
        let variant = RequestVariant.draw(id: id, line: line, at: now, using: &random)
        var variants = [variant]
        if random.chance(Producing.shares.early) {
            withdraw(id, kind: .event)
            later(3) { [self] in send(variant, respelled: false) }
        } else {
            send(variant, respelled: false)
        }
        while random.chance(Producing.shares.duplicate) {
            let respelled = random.chance(Producing.shares.respelled)
            later(10) { [self] in send(variant, respelled: respelled) }
        }
        if random.chance(Producing.shares.conflict) {
            let other = RequestVariant.draw(id: id, line: line, at: now, using: &random)
            if other.body != variant.body {
                variants.append(other)
                later(5) { [self] in send(other, respelled: false) }
            }
        }
        if random.chance(Producing.shares.withdrawal) { later(20) { [self] in withdraw(id, kind: .event) } }
        fleet.auditor.willRequest(variants)
    }

    private func send(_ variant: RequestVariant, respelled: Bool) {
        fleet.send(
            type: "refund.requested", request: variant.id, body: respelled ? variant.respelled : variant.body,
            as: .request)
    }

    private func withdraw(_ id: String, kind: Auditor.Sent.Kind) {
        let body =
            "{\"request_id\":\"\(id)\",\"submitted_at\":\"\(fleet.timeline.now)\",\"reason\":\"second thoughts\"}"
        fleet.send(type: "refund.withdrawn", request: id, body: Array(body.utf8), as: kind)
    }

    private func nonsense() {
        let (type, body, code): (String, String, String) = random.pick([
            ("refund.requested", "{\"request_id\":\"bad-\(number)\"", "not_json"),
            ("refund.requested", "{\"request_id\":\"bad-\(number)\",\"version\":3}", "unsupported_version"),
            ("refund.strange", "{}", "unknown_type"),
            (
                "refund.reviewed", "{\"request_id\":\"rr-1\",\"verdict\":\"perhaps\",\"by\":\"a\",\"note\":\"b\"}",
                "invalid_field"
            ),
            ("refund.withdrawn", String(repeating: " ", count: 70_000) + "{}", "too_large"),
        ])
        fleet.send(type: type, request: "bad-\(number)", body: Array(body.utf8), as: .unreadable(code: code))
    }

    private func later(_ beats: Double, _ action: @escaping () -> Void) {
        fleet.timeline.after(random.time(.zero, fleet.scenario.beats(beats)), action)
    }
}
