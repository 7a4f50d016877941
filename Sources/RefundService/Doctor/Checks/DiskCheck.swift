/// What was seen of a directory's disk.
struct DiskReading: Hashable, Sendable {
    let directory: String
    /// Such as `ext4`; `nil` where the machine does not say.
    let fileSystem: String?
    /// For ordinary users.
    let freeBytes: UInt64
    /// Names that can still be given; `nil` where the file system does not count them.
    let freeFiles: UInt64?
    /// How long writing and synchronizing 4 KiB took, each time, in microseconds; `nil` when it could not be tried.
    let synchronizations: [Int64]?

    /// The middle one of them.
    var medianSynchronization: Int64? {
        guard let sorted = synchronizations?.sorted(), !sorted.isEmpty else { return nil }
        return sorted[sorted.count / 2]
    }

    static let leastBytes: UInt64 = 64 << 20
    static let advisedBytes: UInt64 = 1 << 30
    /// Faster than any disk that keeps what it says it has: even one with a buffered cache needs a trip to its controller.
    static let fastestHonest: Int64 = 20
}

/// Judges the disk that a SQLite store is on: room, kind, and whether it keeps what it says it has.
func judgeDisk(_ reading: DiskReading) -> [DoctorFinding] {
    [judgeRoom(reading), judgeFileSystem(reading), judgeSynchronizing(reading)]
}

private func judgeRoom(_ reading: DiskReading) -> DoctorFinding {
    let topic = DoctorTopic.store
    let remedy = "df -h \(shellWord(reading.directory)); refund-worker cases archive --older-than 400d --to FILE"
    let free = "\(reading.freeBytes >> 20) MiB free"
    if let files = reading.freeFiles, files < 100 {
        return topic.wrong(
            "room on the disk", "\(files) files can still be made in \(reading.directory)",
            meaning: "SQLite can't make its log", remedy: "df -i \(shellWord(reading.directory))")
    }
    if reading.freeBytes < DiskReading.leastBytes {
        return topic.wrong(
            "room on the disk", free, meaning: "less than the log of a busy worker takes: commits are about to fail",
            remedy: remedy)
    }
    if reading.freeBytes < DiskReading.advisedBytes {
        return topic.warning("room on the disk", free, meaning: "a day's requests may fill it", remedy: remedy)
    }
    return topic.good("room on the disk", free)
}

private func judgeFileSystem(_ reading: DiskReading) -> DoctorFinding {
    let topic = DoctorTopic.store
    let move = "put the store on a local disk, or a volume that outlives the container: store.url"
    switch reading.fileSystem {
    case nil: return topic.notSeen("file system", "the machine does not say", remedy: "df -T \(reading.directory)")
    case let kind? where ["tmpfs", "ramfs", "rootfs"].contains(kind):
        return topic.warning(
            "file system", "\(kind): it is in memory", meaning: "every case is lost when the machine restarts",
            remedy: move)
    case let kind? where ["overlay", "aufs"].contains(kind):
        return topic.warning(
            "file system", "\(kind): it belongs to a container", meaning: "every case is lost with the container",
            remedy: move)
    case let kind? where kind.hasPrefix("nfs") || ["cifs", "smb3", "9p", "fuse.sshfs"].contains(kind):
        return topic.warning(
            "file system", "\(kind): it is on another machine",
            meaning: "SQLite's locks and log are not safe over a network", remedy: "\(move); or use PostgreSQL")
    case let kind?: return topic.good("file system", kind)
    }
}

private func judgeSynchronizing(_ reading: DiskReading) -> DoctorFinding {
    let topic = DoctorTopic.store
    guard let median = reading.medianSynchronization else {
        return topic.notSeen("fsync", "nothing can be written beside the store")
    }
    let seen = "4 KiB are on disk after \(median) µs (the middle of \(reading.synchronizations?.count ?? 0) tries)"
    guard median < DiskReading.fastestHonest else { return topic.good("fsync", seen) }
    return topic.warning(
        "fsync", seen, meaning: "too fast to be true: a loss of power may lose committed cases",
        remedy:
            "find out what swallows fsync: libeatmydata, a volatile file system, a disk's or a hypervisor's write cache"
    )
}
