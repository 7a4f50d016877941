/// Draws faults at the scenario's rates while the faulty phase lasts, and counts those that happen.
package final class Faults {
    private let scenario: Scenario
    private var random: SeededRandom
    var tally = Tally()
    /// Whether things still go wrong.
    var isOn = true

    package init(_ scenario: Scenario) {
        self.scenario = scenario
        random = SeededRandom(seed: scenario.seed, stream: 3)
    }

    /// Whether that fault happens now; counted if so.
    func chance(_ kind: FaultKind, full: Double) -> Bool {
        guard isOn, random.chance(scenario.rate(kind, full: full)) else { return false }
        tally.count(kind)
        return true
    }

    func hit(_ kind: FaultKind) { tally.count(kind) }
    func hit(_ point: CrashPoint) { tally.count(point) }

    func isEnabled(_ kind: FaultKind) -> Bool { scenario.intensity[kind] != nil }
}
