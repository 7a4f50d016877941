import Foundation

/// The processor time that a process, or one thread, has used.
struct CPUClock: Sendable {
    private let id: clockid_t

    /// Of all threads of a process. `nil` when there is no such process.
    init?(process: pid_t) {
        var id = clockid_t()
        guard clock_getcpuclockid(process, &id) == 0 else { return nil }
        self.id = id
    }

    /// Of the thread that calls.
    init?(currentThread: Void) {
        var id = clockid_t()
        guard pthread_getcpuclockid(pthread_self(), &id) == 0 else { return nil }
        self.id = id
    }

    /// Seconds; `nil` once the process or thread has ended.
    var seconds: Double? {
        var time = timespec()
        guard clock_gettime(id, &time) == 0 else { return nil }
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

extension Duration {
    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
