import RefundMessages
import RefundPolicy
import RefundWorker

/// A worker process: the real lane in a shell that does what `LaneThread` and `StoreThread` do, on simulated time. It
/// can die at any moment, be frozen, and be started again.
final class SimulatedWorker {
    /// What ends with the process.
    final class Process {
        let number: Int
        var lane: Lane
        var watch: CalendarWatch
        let startedAt: Instant
        var publisher: SimulatedLink
        var consumers = [QueueName.replies, .requests].map { SimulatedConsumer(queue: $0) }
        /// That of the connection that was opened last.
        var epoch: UInt64 = 0
        var actions: [LaneAction] = []
        var isActing = false
        var isCancelled = false
        var isFinished = false
        var stopAt: Instant?
        var answers: [Result<StoreReport, StoreError>] = []
        var isStoreBusy = false
        /// What a frozen store thread is at.
        var heldBack: [() -> Void] = []
        var isDead = false
        var connections: [BrokerConnection] {
            ([publisher] + consumers.map(\.link)).compactMap(\.connection)
        }
        var timer: Instant?
        /// How often in a row its lane has wanted to be woken at once.
        var spins = 0

        init(number: Int, lane: Lane, watch: CalendarWatch, startedAt: Instant) {
            self.number = number
            self.lane = lane
            self.watch = watch
            self.startedAt = startedAt
            publisher = SimulatedLink()
        }
    }

    let name: String
    let world: World
    var process: Process?
    private(set) var isFrozen = false
    /// How far this machine's clock is off.
    var clockOffset: Duration = .zero
    /// How much farther, for a while.
    var clockLeap: Duration = .zero
    /// How far the time is off that the worker goes by.
    private(set) var timeOffset: Duration = .zero
    private var processes = 0

    /// More than any lane has reason for.
    private static let mostSpins = 20_000

    init(name: String, world: World) {
        self.name = name
        self.world = world
    }

    /// The machine's clock.
    private var wall: Instant { world.timeline.now + clockOffset + clockLeap }

    /// The time that the worker goes by.
    func time(in process: Process) -> CalendarTime {
        let time = process.watch.read(LaneTime(wall: wall, uptime: world.timeline.now - process.startedAt))
        let offset = time.now - world.timeline.now
        let isNews = abs(offset / .seconds(1) - timeOffset / .seconds(1)) > 1
        if isNews { note("goes by a time that is \(offset) off: \(time.standing)") }
        timeOffset = offset
        return time
    }

    /// The same for what the store is to do: its own clock is asked, where it has one.
    func timeByStore(in process: Process) -> CalendarTime {
        let uptime = world.timeline.now - process.startedAt
        if process.watch.wantsWitness(at: uptime) {
            if world.scenario.storeHasClock {
                process.watch.heard(world.timeline.now, asked: uptime, answered: uptime)
            } else {
                process.watch.heardNothing(at: uptime)
            }
        }
        return time(in: process)
    }

    /// The machine's clock is that far off for a while. One that was started meanwhile has a clock that is right.
    func leap(by far: Duration, for duration: Duration) {
        guard clockLeap == .zero, let leaping = process else { return }
        clockLeap = far
        world.timeline.after(duration) { [self] in
            guard process === leaping else { return }
            clockLeap = .zero
            // A real lane looks at its clock each second at the least: it does not miss that the clock was right in between.
            _ = time(in: leaping)
            reconsiderTimer()
        }
        reconsiderTimer()
    }

    // MARK: Life

    func start() {
        guard process == nil else { return }
        processes += 1
        world.lastStartAt = world.timeline.now
        clockLeap = .zero
        let reading = LaneTime(wall: wall, uptime: .zero)
        let started = Process(
            number: processes, lane: Lane(limits: world.limits),
            watch: CalendarWatch(at: reading, terms: world.sabotage.clockTerms(world.scenario.clockTerms)),
            startedAt: world.timeline.now)
        process = started
        _ = time(in: started)
        note("starts")
        wake()
    }

    /// `kill -9`: the broker notices that the connections are gone, and what the store was at is done or not.
    func crash(_ point: CrashPoint) {
        guard let dying = process else { return }
        world.faults.hit(point)
        note("dies (\(point.rawValue))")
        world.broker.isPoisoned = point == .deadlyMessage
        end(dying)
        world.broker.isPoisoned = false
        let pause = world.draw { $0.time(.milliseconds(500), .seconds(60)) }
        world.timeline.after(pause) { [self] in start() }
    }

    private func end(_ dying: Process) {
        dying.isDead = true
        dying.actions = []
        process = nil
        isFrozen = false
        for connection in dying.connections { connection.close("the worker has died") }
    }

    /// Asks for a graceful stop; another process follows it.
    func stop(drain: Duration) {
        guard let process, process.stopAt == nil, !isFrozen else { return }
        note("is asked to stop")
        process.stopAt = world.timeline.now + drain
        tell(.stop)
        wake()
    }

    func freeze(for duration: Duration) {
        guard let frozen = process, !isFrozen else { return }
        isFrozen = true
        note("is frozen")
        // The broker misses the heartbeats and takes back what it had delivered.
        for connection in frozen.connections {
            world.timeline.after(.seconds(30)) { [self] in
                if isFrozen, process === frozen { connection.close("missed heartbeats") }
            }
        }
        world.timeline.after(duration) { [self] in thaw(frozen) }
    }

    func thaw() {
        if let process { thaw(process) }
    }

    private func thaw(_ frozen: Process) {
        guard isFrozen, process === frozen else { return }
        isFrozen = false
        note("goes on")
        let work = frozen.heldBack
        frozen.heldBack = []
        for step in work { step() }
        wake()
    }

    // MARK: The loop

    /// One round of the lane's thread: connections, answers, frames, time.
    func wake() {
        guard let process, !isFrozen else { return }
        connect(process)
        let answers = process.answers
        process.answers = []
        for answer in answers where !process.isDead {
            switch answer {
            case .success(let report): tell(.stored(report))
            case .failure(let error): tell(.storeFailed(error))
            }
        }
        readPublisher(process)
        readConsumers(process)
        if !process.isDead { tell(.ticked) }
        if let stopAt = process.stopAt, world.timeline.now >= stopAt { process.isFinished = true }
        if process.isFinished, !process.isDead { return finish(process) }
        if !process.isDead { setTimer(process) }
    }

    private func finish(_ process: Process) {
        note("has stopped")
        end(process)
        world.timeline.after(world.draw { $0.time(.milliseconds(200), .seconds(5)) }) { [self] in start() }
    }

    private func setTimer(_ process: Process) {
        let now = world.timeline.now
        var next = now + .seconds(3_600 * 24)
        if let uptime = process.lane.wakeUpAt { next = min(next, process.startedAt + uptime + pause(of: process)) }
        // The consumer waits for the publisher, whose retry comes first.
        let isWaiting = process.isCancelled || process.publisher.connection == nil
        let consumers = isWaiting ? [] : process.consumers.map(\.link.retryAt)
        for retryAt in [process.publisher.retryAt, process.stopAt] + consumers {
            if let retryAt { next = min(next, retryAt) }
        }
        process.spins = next <= now ? process.spins + 1 : 0
        world.auditor.check(
            .liveness, process.spins < SimulatedWorker.mostSpins, "\(name) is awake all the time and does nothing")
        next = max(next, now + .milliseconds(1))
        if let timer = process.timer, timer > now, timer <= next { return }
        process.timer = next
        world.timeline.at(next) { [self] in
            guard self.process === process, process.timer == next else { return }
            process.timer = nil
            wake()
        }
    }

    /// How much later than it wants an idle lane may be woken, since it would look for what is due in vain. Every
    /// sixteenth look is made in any case. When the store changes, the timer is set anew.
    private func pause(of process: Process) -> Duration {
        guard process.lane.isIdle, process.stopAt == nil, let uptime = process.lane.wakeUpAt else { return .zero }
        let due = world.ledger.nextDue()
        let every = world.limits.dueEvery.microseconds
        let wake = max(process.startedAt + uptime, world.timeline.now) + timeOffset
        let next = min(due.acting, due.sending)
        guard next > wake.microsecondsSinceEpoch else { return .zero }
        let looks = (next - wake.microsecondsSinceEpoch - 1) / every + 1
        return .microseconds(min(looks, 15) * every)
    }

    /// The store or the clock has changed: what the timer waits for may be due earlier.
    func reconsiderTimer() {
        if let process, !process.isDead, !isFrozen { setTimer(process) }
    }

    // MARK: The lane

    func tell(_ input: LaneInput) {
        guard let process, !process.isDead else { return }
        for input in world.sabotage.inputs(input) {
            guard !process.isDead else { return }
            let time = LaneTime(wall: time(in: process).now, uptime: world.timeline.now - process.startedAt)
            let actions = process.lane.handle(input, at: time)
            process.actions += world.sabotage.actions(actions, after: input)
        }
        guard !process.isActing else { return }
        process.isActing = true
        while !process.isDead, !process.actions.isEmpty { perform(process.actions.removeFirst(), process) }
        process.isActing = false
    }

    func note(_ line: @autoclosure () -> String) {
        world.transcript.note(world.timeline.now, "** \(name) \(line())")
    }
}
