internal import ServiceLifecycle

/// Tells the service manager that the worker is ready, once each lane has opened its store and begun, and that it stops.
///
/// A broker that is away does not keep it from being ready: the worker waits for it, and a restart would mend nothing.
struct ReadinessService: Service {
    let manager: ServiceManager
    /// One element for each lane that has begun.
    let begun: AsyncStream<Void>
    let lanes: Int

    /// How much more time to start is asked for at a time: a new version may have to bring a big store up to date first, and
    /// an end in the middle would begin it anew for ever.
    static let moreTime: Duration = .seconds(120)
    /// An hour of it.
    static let requests = 120

    func run() async {
        manager.tell(.starting(Self.moreTime))
        await withDiscardingTaskGroup { group in
            group.addTask { await askForTime() }
            var count = 0
            for await _ in begun.cancelOnGracefulShutdown() {
                count += 1
                guard count == lanes else { continue }
                group.cancelAll()
                manager.tell(.ready)
            }
            group.cancelAll()
        }
        manager.tell(.stopping)
    }

    private func askForTime() async {
        for _ in 0..<Self.requests {
            // The manager is to hear well before the time that it was told is over. Ends early once all have begun.
            guard (try? await Task.sleep(for: Self.moreTime / 4)) != nil else { return }
            manager.tell(.starting(Self.moreTime))
        }
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
