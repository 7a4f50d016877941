import RefundPolicy
import RefundWorker

/// What goes wrong at moments of its own, while the faulty phase lasts.
struct Troubles {
    let world: World
    private let scenario: Scenario

    init(_ world: World) {
        self.world = world
        scenario = world.scenario
    }

    func begin() {
        for kind in FaultKind.allCases where isTimed(kind) { plan(kind) }
    }

    private func isTimed(_ kind: FaultKind) -> Bool {
        switch kind {
        case .connectionLoss, .silentLoss, .brokerRestart, .alarm, .consumerCancel, .returns, .forbidden, .full,
            .silentQueue, .crash, .freeze, .rollingRestart, .clockSteps, .clockLeaps, .storeUnavailable:
            true
        default: false
        }
    }

    private func plan(_ kind: FaultKind) {
        let times = Int(scenario.rate(kind, full: 8).rounded(.up))
        for _ in 0..<times {
            let wait = world.draw { $0.time(.zero, scenario.beats(Double(scenario.faultyBeats))) }
            world.timeline.after(wait) {
                guard world.faults.isOn else { return }
                strike(kind)
            }
        }
    }

    private func strike(_ kind: FaultKind) {
        if !Troubles.hitByMessages.contains(kind) { world.faults.hit(kind) }
        world.transcript.note(world.timeline.now, "** \(kind.rawValue)")
        let worker = world.draw { $0.pick(world.workers) }
        let isConsumer = world.draw { $0.chance(0.5) }
        let consumer = worker.process?.consumers[world.draw { $0.number(0...1) }]
        let connection = isConsumer ? consumer?.link.connection : worker.process?.publisher.connection
        let short = world.draw { $0.time(.milliseconds(100), .seconds(90)) }
        switch kind {
        case .connectionLoss: connection?.close("cut")
        case .silentLoss: connection?.close("cut", noticeAfter: world.draw { $0.time(.zero, .seconds(30)) })
        case .brokerRestart:
            world.broker.goDown()
            world.timeline.after(short) { world.broker.comeUp() }
        case .alarm:
            world.broker.block()
            world.timeline.after(short) { world.broker.unblock() }
        case .consumerCancel:
            if let consumer, let connection = consumer.link.connection {
                world.broker.cancelConsumer(of: connection, queue: consumer.queue)
            }
        case .returns:
            let queue = world.draw { $0.pick([QueueName.revoke, .payout, .notices, .alerts, .dead]) }
            world.broker.unbound.insert(queue)
            world.timeline.after(short) { world.broker.unbound.remove(queue) }
        case .forbidden: bar(\.forbidden)
        case .full: bar(\.full)
        case .silentQueue: bar(\.silent)
        case .crash: worker.crash(.anyTime)
        case .freeze: worker.freeze(for: short)
        case .rollingRestart: worker.stop(drain: world.draw { $0.time(.zero, .seconds(25)) })
        case .clockSteps:
            // Half of them as clocks that are kept by a time server go.
            let isWild = world.draw { $0.chance(0.5) }
            let most = Int((isWild ? World.mostClockOffset : Auditor.clocksAgree / 2).microseconds)
            worker.clockOffset = .microseconds(Int64(world.draw { $0.number(-most...most) }))
            worker.reconsiderTimer()
        case .clockLeaps:
            let far = world.draw { $0.pick([Duration.seconds(15 * 86_400), .seconds(-3_600), .seconds(3_600)]) }
            // Where nobody can say which time is right, it is back before the worker believes it.
            let most = scenario.storeHasClock ? scenario.beats(4) : scenario.clockTerms.believedAfter * 3 / 4
            worker.leap(by: far, for: world.draw { $0.time(.seconds(3), most) })
        case .storeUnavailable:
            world.isStoreDown = true
            world.timeline.after(short) { world.isStoreDown = false }
        default: break
        }
    }

    private func bar(_ queues: ReferenceWritableKeyPath<SimulatedBroker, Set<QueueName>>) {
        let queue = world.draw { $0.pick([QueueName.revoke, .payout, .notices, .alerts, .dead]) }
        world.broker[keyPath: queues].insert(queue)
        world.timeline.after(world.draw { $0.time(.milliseconds(100), .seconds(300)) }) {
            world.broker[keyPath: queues].remove(queue)
            world.broker.tellWhatWasSilent(of: queue)
        }
    }

    /// They count once a message meets them.
    private static let hitByMessages: Set<FaultKind> = [.returns, .forbidden, .full, .silentQueue]

    /// Ends all trouble.
    func end() {
        world.faults.isOn = false
        world.transcript.note(world.timeline.now, "** all faults end")
        world.isStoreDown = false
        world.refused = []
        world.broker.heal()
        for worker in world.workers {
            worker.clockOffset = .zero
            worker.clockLeap = .zero
            worker.thaw()
            worker.start()
            worker.wake()
        }
    }
}

extension World {
    /// Tells the auditor by how much the times differ that the workers go by.
    func tellClocks() {
        let offsets = workers.map(\.timeOffset)
        guard let least = offsets.min(), let most = offsets.max() else { return }
        auditor.clocksDiffer(by: most - least)
    }
}
