internal import CoreMetrics
internal import Logging
internal import ServiceLifecycle

/// Says how many lines were left out in a storm, also when no other line follows, and counts those that nobody took.
struct OmissionService: Service {
    let shared: WorkerLog
    let log: Logger
    private let leftOut: Counter
    private let waiting: Gauge

    init(shared: WorkerLog, log: Logger, factory: any MetricsFactory) {
        self.shared = shared
        self.log = log
        leftOut = Counter(label: MetricCatalogue.unloggedLines.name, factory: factory)
        waiting = Gauge(label: MetricCatalogue.waitingLines.name, factory: factory)
    }

    func run() async {
        var counted = 0
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            let figures = StandardError.log.figures
            leftOut.increment(by: figures.leftOut - counted)
            counted = figures.leftOut
            waiting.record(figures.waiting)
            // What was left out is summed up at intervals, so that a storm has few lines. The wait ends early when the
            // worker stops; what is thrown then says no more.
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: .seconds(10)) }
            LineLog.tell(shared.takeOmissions(all: Task.isShuttingDownGracefully), by: log)
        }
    }
}
