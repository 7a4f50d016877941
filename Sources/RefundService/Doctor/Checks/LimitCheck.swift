/// What the process may have open.
struct LimitReading: Hashable, Sendable {
    /// `nil` without a limit.
    let openFiles: UInt64?
    let lanes: Int

    /// Two connections, the store's files and what the process needs in any case.
    var neededFiles: UInt64 { UInt64(64 + lanes * 8) }
}

/// Judges the process's limits.
func judgeLimits(_ reading: LimitReading) -> DoctorFinding {
    guard let openFiles = reading.openFiles else { return DoctorTopic.limits.good("open files", "no limit") }
    let seen = "\(openFiles) here, \(reading.neededFiles) needed"
    guard openFiles < reading.neededFiles else { return DoctorTopic.limits.good("open files", seen) }
    return DoctorTopic.limits.wrong(
        "open files", seen, meaning: "connections fail as soon as the limit is met",
        remedy: "ulimit -n 4096, or LimitNOFILE=4096 in the unit")
}
