internal import ServiceLifecycle

/// Tells the service manager that the worker is ready, once each lane has opened its store and begun, and that it stops.
///
/// A broker that is away does not keep it from being ready: the worker waits for it, and a restart would mend nothing.
struct ReadinessService: Service {
    let manager: ServiceManager
    /// One element for each lane that has begun.
    let begun: AsyncStream<Void>
    let lanes: Int

    func run() async {
        var count = 0
        for await _ in begun.cancelOnGracefulShutdown() {
            count += 1
            if count == lanes { manager.tell(.ready) }
        }
        manager.tell(.stopping)
    }
}

/// Tells the service manager's watchdog that the worker is alive, as long as the threads of all its lanes turn.
struct WatchdogService: Service {
    let manager: ServiceManager
    let watchdog: Duration
    let pulses: [LanePulse]

    func run() async {
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            if LanePulse.areAlive(pulses.map(\.age), within: watchdog) { manager.tell(.alive) }
            // Ends early when the worker stops; what is thrown then says no more.
            // The watchdog is to hear at intervals (sd_watchdog_enabled(3): in less than half of its time).
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: watchdog / 3) }
        }
    }
}
