import RefundPolicy
import Simulation

/// Somebody who pauses all payouts now and then, and resumes them: one pause at a time.
final class Brake {
    private let fleet: Fleet
    private var random: SeededRandom
    private var number = 0
    /// The pauses that resumptions are to lift, by the resumption's act.
    private var lifting: [String: String] = [:]
    /// Pauses that never reached a worker.
    private var lost: Set<String> = []

    /// Longer, some of them, than anything that a worker had before it heard of the pause takes to go out.
    private static let lasts: ClosedRange<Duration> = .seconds(2)...(.seconds(75))
    private static let between: ClosedRange<Duration> = .seconds(5)...(.seconds(120))

    init(_ fleet: Fleet, seed: UInt64) {
        self.fleet = fleet
        random = SeededRandom(seed: seed, stream: 12)
    }

    func begin() {
        later(Brake.between) { [self] in
            guard fleet.producing?.isOver == false else { return }
            pause()
        }
    }

    private func pause() {
        let act = nextAct()
        say("payouts.paused", "{\"action_id\":\"\(act)\",\"by\":\"dora\",\"note\":\"n\(number)\"}")
        later(Brake.lasts) { [self] in
            lift(act)
            begin()
        }
    }

    private func lift(_ pause: String) {
        let act = nextAct()
        lifting[act] = pause
        say(
            "payouts.resumed",
            "{\"action_id\":\"\(act)\",\"pause\":\"\(pause)\",\"by\":\"dora\",\"note\":\"n\(number)\"}")
    }

    /// A dead letter has come: a pause that could not be lifted, since it had not been heard of, is lifted anew. One that
    /// another has replaced is lifted by whoever made the other.
    func readDead(_ body: [UInt8]) {
        guard let act = Text.member("action_id", of: body) else { return }
        if Text.member("pause", of: body) == nil {
            lost.insert(act)
        } else if let pause = lifting.removeValue(forKey: act), !lost.contains(pause),
            !fleet.ledger.hasPause(pause) || fleet.ledger.standingPause() == pause
        {
            later(.milliseconds(500)...(.seconds(2))) { [self] in lift(pause) }
        }
    }

    /// One act, which may be delivered more than once.
    private func say(_ type: String, _ text: String) {
        let body = Array(text.utf8)
        fleet.send(type: type, request: "fleet", body: body, as: .fleet)
        while random.chance(0.2) {
            later(.zero...fleet.scenario.beats(20)) { [self] in
                fleet.send(type: type, request: "fleet", body: body, as: .fleet)
            }
        }
    }

    private func nextAct() -> String {
        number += 1
        return "brake-\(number)"
    }

    private func later(_ range: ClosedRange<Duration>, _ action: @escaping () -> Void) {
        fleet.timeline.after(random.time(range.lowerBound, range.upperBound), action)
    }
}
