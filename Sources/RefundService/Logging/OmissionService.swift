internal import Logging
internal import ServiceLifecycle

/// Says how many lines were left out in a storm, also when no other line follows.
struct OmissionService: Service {
    let shared: WorkerLog
    let log: Logger

    func run() async {
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            // What was left out is summed up at intervals, so that a storm has few lines. The wait ends early when the
            // worker stops; what is thrown then says no more.
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: .seconds(10)) }
            LineLog.tell(shared.takeOmissions(all: Task.isShuttingDownGracefully), by: log)
        }
    }
}
