public import RefundPolicy

/// Tells the calendar's time from a machine's two clocks, of which one may step and the other never does, and from what
/// the store's clock says, where it has one.
///
/// A value: it is told every reading and reads no clock. After a step time goes on as if nothing had happened, until the
/// store's clock or the passing of time confirms the new reading. A clock that has made the same step (the store's machine
/// is this one, or both were asleep) confirms nothing.
public struct CalendarWatch: Sendable {
    public let terms: CalendarTerms
    /// The last reading that was believed.
    private var believed: LaneTime
    private var step: Step?
    private var witness: Witness?
    /// When the store was asked last, by the uptime.
    private var askedAt: Duration?

    private struct Step {
        /// How far ahead the clock is of the time that holds.
        var offset: Duration
        /// Since when it has gone on evenly and nobody has refuted it.
        var since: Duration
    }

    /// Another clock.
    private struct Witness {
        /// What it says of the moment when the uptime was zero.
        var origin: Instant
        /// Since when it has gone on evenly, as far as was heard.
        var since: Duration
        /// Whether it was heard to step.
        var hasStepped: Bool
        var heardAt: Duration
    }

    public init(at reading: LaneTime, terms: CalendarTerms = CalendarTerms()) {
        self.terms = terms
        believed = reading
    }

    /// What time it is, once both clocks have been read.
    public mutating func read(_ reading: LaneTime) -> CalendarTime {
        let steady = steadyTime(at: reading.uptime)
        let offset = reading.wall - steady
        guard offset.magnitude > terms.step else { return believe(reading) }
        let began = step.flatMap { (offset - $0.offset).magnitude > terms.step ? nil : $0.since } ?? reading.uptime
        step = Step(offset: offset, since: began)
        switch verdict(on: reading, steady: steady, since: began) {
        case .right: return believe(reading)
        case .wrong:
            step?.since = reading.uptime
            return CalendarTime(
                steady, standing: .refuted(by: offset), isDenied: isDenied(steady, at: reading.uptime))
        case .unknown:
            let left = terms.believedAfter - (reading.uptime - began)
            // Where the store has a clock nothing is believed before it was asked again.
            guard left > .zero || isWitnessSilent(at: reading.uptime) else { return believe(reading) }
            return CalendarTime(
                steady, standing: .inDoubt(by: offset, atMost: max(left, .zero)),
                isDenied: isDenied(steady, at: reading.uptime))
        }
    }

    /// Whether the store is to be asked for its time now: often while it decides something.
    public func wantsWitness(at uptime: Duration) -> Bool {
        guard step == nil, let askedAt else { return true }
        return uptime - askedAt >= terms.askEvery
    }

    /// The store has no clock of its own, or does not tell.
    public mutating func heardNothing(at uptime: Duration) {
        askedAt = uptime
    }

    /// What the store's clock has said.
    ///
    /// - Parameters:
    ///   - told: its time.
    ///   - asked: the uptime when it was asked.
    ///   - answered: the uptime when the answer was there. An answer that took so long that it might hide a step says
    ///     nothing.
    public mutating func heard(_ told: Instant, asked: Duration, answered: Duration) {
        askedAt = answered
        guard answered - asked <= terms.step else { return }
        let origin = told - (asked + (answered - asked) / 2)
        guard let known = witness else {
            witness = Witness(origin: origin, since: answered, hasStepped: false, heardAt: answered)
            // At the start nobody knows which of two clocks is wrong. Nothing may act too early, so the earlier one counts.
            let ahead = steadyTime(at: answered) - (origin + answered)
            if ahead > terms.agreement { believed = LaneTime(wall: origin + answered, uptime: answered) }
            return
        }
        let isEven = (origin - known.origin).magnitude <= terms.step
        witness = Witness(
            origin: origin, since: isEven ? known.since : answered, hasStepped: known.hasStepped || !isEven,
            heardAt: answered)
    }

    /// How far the store's clock is ahead of the machine's (negative: behind); `nil` where it has said nothing of late.
    public func witnessAhead(of reading: LaneTime) -> Duration? {
        told(at: reading.uptime).map { $0 - reading.wall }
    }

    // MARK: Judging

    /// How many times as far from the witness as before a step has to lead for it to be refuted although the two were apart.
    private static let farAway = 4

    private enum Verdict {
        case right, wrong, unknown
    }

    private func verdict(on reading: LaneTime, steady: Instant, since began: Duration) -> Verdict {
        guard let told = told(at: reading.uptime), let witness else { return .unknown }
        let (toSteady, toWall) = ((told - steady).magnitude, (told - reading.wall).magnitude)
        if toSteady <= terms.agreement, toSteady < toWall { return .wrong }
        // One that has stepped as well is no witness.
        let wasEven = witness.since <= began
        // Both were apart before, and the step leads far away from the witness: whichever of them was right, the step is
        // not. That holds also by a witness that is heard for the first time since.
        if wasEven || !witness.hasStepped, toSteady * CalendarWatch.farAway < toWall { return .wrong }
        return wasEven && toWall <= terms.agreement && toWall < toSteady ? .right : .unknown
    }

    private mutating func believe(_ reading: LaneTime) -> CalendarTime {
        believed = reading
        step = nil
        return CalendarTime(reading.wall, isDenied: isDenied(reading.wall, at: reading.uptime))
    }

    /// What time it is if the clock has not stepped since it was believed.
    private func steadyTime(at uptime: Duration) -> Instant { believed.wall + (uptime - believed.uptime) }

    private func told(at uptime: Duration) -> Instant? {
        guard let witness, uptime - witness.heardAt <= terms.freshFor else { return nil }
        return witness.origin + uptime
    }

    /// The store has a clock, and has said nothing of late.
    private func isWitnessSilent(at uptime: Duration) -> Bool { witness != nil && told(at: uptime) == nil }

    private func isDenied(_ now: Instant, at uptime: Duration) -> Bool {
        told(at: uptime).map { ($0 - now).magnitude > terms.agreement } ?? false
    }
}

extension Duration {
    fileprivate var magnitude: Duration { self < .zero ? .zero - self : self }
}
