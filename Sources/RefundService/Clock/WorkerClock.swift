internal import CoreMetrics
internal import Logging
internal import RefundPolicy
internal import RefundWorker
internal import Synchronization

/// The clock that a worker goes by: the machine's, unless that has stepped and nobody confirms it (`CalendarWatch`).
///
/// One for all of a process's lanes, so that they agree. Whatever changes is told in the log and by the metrics.
final class WorkerClock: Sendable {
    private let state: Mutex<State>
    private let read: @Sendable () -> LaneTime
    private let log: Logger
    private let ahead: Gauge
    private let inDoubt: Gauge
    private let storeAhead: Gauge

    private struct State {
        var watch: CalendarWatch
        var standing = ClockStanding.sure
        /// How far the store's clock was ahead of the machine's when it was last asked.
        var storeAhead: Duration?
    }

    /// - Parameter read: reads both of the machine's clocks at one moment.
    init(
        terms: CalendarTerms = CalendarTerms(), factory: any MetricsFactory, log: Logger,
        read: @escaping @Sendable () -> LaneTime = SystemClock.reader()
    ) {
        self.read = read
        self.log = log
        state = Mutex(State(watch: CalendarWatch(at: read(), terms: terms)))
        ahead = Gauge(label: MetricCatalogue.clockAhead.name, factory: factory)
        inDoubt = Gauge(label: MetricCatalogue.clockInDoubt.name, factory: factory)
        storeAhead = Gauge(label: MetricCatalogue.storeClockAhead.name, factory: factory)
        for gauge in [ahead, inDoubt, storeAhead] { gauge.record(0) }
    }

    func now() -> Instant { time().now }

    func time() -> CalendarTime {
        let (time, before) = state.withLock { state in
            let time = state.watch.read(read())
            defer { state.standing = time.standing }
            return (time, state.standing)
        }
        if time.standing.isNews(after: before) { tell(time.standing, after: before) }
        return time
    }

    /// The time for what the store is to do; the store's own clock is asked first, where that is due.
    func time(by store: any CaseStore) throws(StoreError) -> CalendarTime {
        guard state.withLock({ $0.watch.wantsWitness(at: read().uptime) }) else { return time() }
        let asked = read().uptime
        guard let told = try store.clock() else {
            state.withLock { $0.watch.heardNothing(at: asked) }
            return time()
        }
        let answered = read()
        let distance = state.withLock { state in
            state.watch.heard(told, asked: asked, answered: answered.uptime)
            state.storeAhead = state.watch.witnessAhead(of: answered)
            return state.storeAhead
        }
        if let distance { storeAhead.record(distance / .seconds(1)) }
        return time()
    }

    /// What whoever watches should know of the clock, in plain words; empty while all is well.
    var notes: [String] {
        let (standing, storeAhead, agreement) = state.withLock {
            ($0.standing, $0.storeAhead, $0.watch.terms.agreement)
        }
        if let words = standing.words { return ["\(words). \(WorkerClock.remedy)"] }
        guard let storeAhead, storeAhead.magnitude > agreement else { return [] }
        let place = "\(storeAhead.asShift)\(storeAhead < .zero ? "" : " of")"
        return ["the store's clock is \(place) this machine's, and one of the two is wrong"]
    }

    private static let remedy =
        "Compare date -u with the store's machine, and mend the clock that is wrong: timedatectl set-ntp true"

    private func tell(_ standing: ClockStanding, after before: ClockStanding) {
        ahead.record(standing.shift / .seconds(1))
        switch standing {
        case .sure:
            inDoubt.record(0)
            log.info("the machine's clock is believed again", metadata: ["was": "\(before.shift.asShift)"])
        case .refuted:
            inDoubt.record(0)
            log.error("\(standing.words ?? ""). \(WorkerClock.remedy)")
        case .inDoubt:
            inDoubt.record(1)
            log.error("\(standing.words ?? "")")
        }
    }
}

extension ClockStanding {
    /// How far the machine's clock is ahead of the time that holds.
    fileprivate var shift: Duration {
        switch self {
        case .sure: .zero
        case .refuted(let shift), .inDoubt(let shift, _): shift
        }
    }

    /// What to tell people; `nil` where there is nothing.
    fileprivate var words: String? {
        switch self {
        case .sure: nil
        case .refuted(let shift):
            "the machine's clock is \(shift.asShift), as the store's clock tells: the time goes on as it was before"
        case .inDoubt(let shift, let left):
            "the machine's clock has stepped \(shift.asShift), and nobody can say whether rightly: deadlines, retries "
                + "and what is parked wait until it is right again, or has gone evenly for another \(left.shownSpan)"
        }
    }

    /// Whether it is another kind than before, or another step.
    fileprivate func isNews(after before: ClockStanding) -> Bool {
        switch (self, before) {
        case (.sure, .sure): false
        case (.refuted, .refuted), (.inDoubt, .inDoubt): (shift - before.shift).magnitude > .seconds(2)
        default: true
        }
    }
}

extension Duration {
    fileprivate var magnitude: Duration { self < .zero ? .zero - self : self }

    /// Rounded up, so that it is never none.
    fileprivate var shownSpan: String { (magnitude + .milliseconds(999)).spanText }

    /// Such as `15d ahead`.
    fileprivate var asShift: String { "\(shownSpan) \(self < .zero ? "behind" : "ahead")" }
}
