import Foundation

/// What a request cost, in microseconds.
struct Cost {
    var elapsed: Double
    /// Of this process and, with PostgreSQL, of the server's that works for it.
    var processor: Double

    static func median(_ costs: [Cost]) -> Cost {
        func middle(_ values: [Double]) -> Double { values.isEmpty ? 0 : values.sorted()[values.count / 2] }
        return Cost(elapsed: middle(costs.map(\.elapsed)), processor: middle(costs.map(\.processor)))
    }
}

/// Processor time used so far, in microseconds.
enum ProcessorTime {
    static var ofThisProcess: Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return microseconds(usage.ru_utime) + microseconds(usage.ru_stime)
    }

    /// By the scheduler's own account, which counts nanoseconds (proc(5), `schedstat`).
    static func ofProcess(_ number: Int32) -> Double {
        let text = (try? String(contentsOfFile: "/proc/\(number)/schedstat", encoding: .utf8)) ?? ""
        return (text.split(separator: " ").first.flatMap { Double($0) } ?? 0) / 1_000
    }

    private static func microseconds(_ time: timeval) -> Double {
        Double(time.tv_sec) * 1_000_000 + Double(time.tv_usec)
    }
}
