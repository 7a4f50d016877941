internal import AMQPClient
internal import Foundation
internal import Logging
internal import RefundMessages
internal import RefundPolicy
internal import RefundWorker
internal import ServiceLifecycle

/// One lane as a service: it runs until a graceful shutdown, then drains and ends.
struct LaneService: ServiceLifecycle.Service {
    private let settings: LaneSettings
    private let nodes: BrokerNodes
    private let policies: PolicyShelf
    private let openStore: @Sendable () throws(StoreError) -> any CaseStore & ClosableStore
    private let clock: WorkerClock
    private let pulse: LanePulse
    private let observation: LaneObservation
    private let log: Logger

    /// - Parameters:
    ///   - openStore: opens the lane's store, on the thread that will use it.
    ///   - nodes: the broker's, and at which to begin.
    ///   - clock: the process's, which all lanes share.
    ///   - pulse: beats as long as the lane's thread turns.
    ///   - observation: where the lane counts, and says what it is at.
    init(
        settings: LaneSettings, nodes: BrokerNodes, policies: PolicyShelf, clock: WorkerClock, pulse: LanePulse,
        observation: LaneObservation, log: Logger,
        openStore: @escaping @Sendable () throws(StoreError) -> any CaseStore & ClosableStore
    ) {
        self.settings = settings
        self.nodes = nodes
        self.policies = policies
        self.clock = clock
        self.pulse = pulse
        self.observation = observation
        self.log = log
        self.openStore = openStore
    }

    /// Works until the graceful shutdown is over.
    ///
    /// - Throws: `StoreError` when the store can't be opened; `WorkerError` when the process has no descriptors left.
    ///   What fails later is tried again and told in the log.
    func run() async throws {
        guard let wakeUp = WakeUp() else { throw WorkerError.noDescriptors }
        let control = LaneControl(
            wakeUp: wakeUp, pulse: pulse, observation: observation, clock: { [clock] in clock.now() })
        let storeThread = StoreThread(
            fulfilment: OrderFulfilment(
                decoder: InboundDecoder(limits: settings.inbound), policies: policies, limits: settings.limits),
            wakeUp: wakeUp, observation: observation, clock: clock)
        try await storeThread.start(opening: openStore)
        await withGracefulShutdownHandler {
            await withCheckedContinuation { (ended: CheckedContinuation<Void, Never>) in
                let thread = Thread { [settings, nodes, log] in
                    LaneThread(
                        settings: settings, nodes: nodes, control: control, storeThread: storeThread,
                        wakeUp: wakeUp, log: log
                    ).run()
                    ended.resume()
                }
                thread.name = settings.name
                thread.stackSize = ThreadStack.size
                thread.start()
            }
        } onGracefulShutdown: {
            control.stop()
        }
        await storeThread.ended()
        observation.board.update(at: clock.now()) { $0.phase = .stopped }
    }
}

/// Why a worker can't work.
public enum WorkerError: Error, Sendable, CustomStringConvertible {
    case noDescriptors
    case noNodes

    public var description: String {
        switch self {
        case .noDescriptors:
            "the process can open no more files; raise its limit (ulimit -n) or run fewer lanes in it"
        case .noNodes: "amqp.url names no node; give at least one amqp:// URL"
        }
    }
}
