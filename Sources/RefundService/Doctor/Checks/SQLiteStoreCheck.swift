import RefundWorker
import SQLiteStore

/// What was seen of a SQLite store's file.
struct SQLiteStoreReading: Hashable, Sendable {
    enum File: Hashable, Sendable {
        case missing
        case facts(SQLiteStoreFacts)
        case failed(StoreError)
    }

    let path: String
    let file: File
    /// Which store must be there, by the settings; `nil` for any.
    var expected: StoreIdentity?
    /// Which store was there last.
    var remembered: StoreIdentity?
    let directory: String
    let isDirectoryWritable: Bool
    /// Also when there is no file.
    let isFileWritable: Bool
}

/// Judges a SQLite store's file.
func judgeSQLiteStore(_ reading: SQLiteStoreReading) -> [DoctorFinding] {
    let topic = DoctorTopic.store
    let path = shellWord(reading.path)
    var findings: [DoctorFinding] = []
    switch reading.file {
    case .missing:
        if let finding = judgeMissingStore(
            "\(reading.path) is not there", pinned: reading.expected, remembered: reading.remembered)
        {
            return [finding]
        }
        findings.append(
            reading.isDirectoryWritable
                ? topic.warning(
                    "file", "\(reading.path) is not there", meaning: "the first worker that runs makes it",
                    remedy: "refund-worker run, or correct store.url")
                : topic.wrong(
                    "file", "\(reading.path) is not there", meaning: "no worker of this user can make it",
                    remedy: "mkdir -p \(shellWord(reading.directory)) and give it to the worker's user"))
        return findings
    case .failed(let error): return [judgeStoreError(error, of: "file \(reading.path)")]
    case .facts(let facts): findings += judge(facts, reading)
    }
    if !reading.isFileWritable || !reading.isDirectoryWritable {
        findings.append(
            topic.wrong(
                "rights", "this user may not write \(reading.path) or beside it",
                meaning: "a worker of this user can't commit anything",
                remedy: "chown WORKER-USER \(shellWord(reading.directory)) \(path)"))
    }
    return findings
}

private func judge(_ facts: SQLiteStoreFacts, _ reading: SQLiteStoreReading) -> [DoctorFinding] {
    let topic = DoctorTopic.store
    let path = reading.path
    var findings: [DoctorFinding] = []
    switch facts.content {
    case .store(let missing) where missing.isEmpty:
        findings.append(topic.good("tables", "\(path): all \(facts.knownMigrations) migrations are applied"))
    case .store(let missing):
        findings.append(
            topic.wrong(
                "tables", "\(path): missing \(missing.joined(separator: "; "))",
                meaning: "the store is of an older version; only a worker can use it, which brings it up to date",
                remedy: "cp \(shellWord(path)) BACKUP, then start this version's worker: refund-worker run"))
    case .empty:
        findings.append(
            judgeMissingStore("\(path) is empty", pinned: reading.expected, remembered: reading.remembered)
                ?? topic.warning(
                    "tables", "\(path) is empty", meaning: "the first worker that runs makes the tables",
                    remedy: "refund-worker run"))
    case .newer:
        findings.append(
            topic.wrong(
                "tables", "\(path) was written by a newer version", meaning: "this version would not understand it",
                remedy: "run the newer version, or restore a backup from before the upgrade"))
    case .anotherProgram:
        findings.append(
            topic.wrong(
                "tables", "\(path) is another program's database", meaning: "the worker refuses it",
                remedy: "name another file in store.url"))
    }
    guard case .store = facts.content else { return findings }
    findings.append(judgeIdentity(facts.identity, pinned: reading.expected, remembered: reading.remembered))
    findings += judgeFile(facts, path: path)
    findings.append(
        facts.journalMode == "wal"
            ? topic.good("durability", "write-ahead log; each commit is synchronized (synchronous=FULL)")
            : topic.warning(
                "durability", "the journal's mode is \(facts.journalMode)",
                meaning: "another program has changed it; the next worker sets it to a write-ahead log again",
                remedy: "refund-worker run"))
    return findings
}

/// What a log may have before somebody should look: a worker writes it into the file after some 32 MiB.
private let advisedLog: Int64 = 1 << 30

private func judgeFile(_ facts: SQLiteStoreFacts, path: String) -> [DoctorFinding] {
    let topic = DoctorTopic.store
    var findings: [DoctorFinding] = []
    switch facts.integrity {
    case .whole: findings.append(topic.good("integrity", "quick_check finds every page in order"))
    case .damaged(let words):
        findings.append(
            topic.wrong(
                "integrity", "damaged: \(words)", meaning: "cases may be lost, or paid again",
                remedy: "stop the worker, keep a copy of \(shellWord(path)) and its -wal, and restore the latest backup"
            ))
    case .unfinished:
        findings.append(
            topic.notSeen(
                "integrity", "quick_check was not finished in time",
                remedy: "sqlite3 \(shellWord(path)) 'PRAGMA quick_check' (a worker may run meanwhile)"))
    }
    if facts.names > 1 {
        findings.append(
            topic.wrong(
                "names", "\(path) has \(facts.names) names (hard links)",
                meaning: "SQLite's log is beside one of them only, so no worker starts with it",
                remedy: "find \(shellWord(path)) and its other names by find DIRECTORY -samefile, and keep one"))
    }
    if facts.logBytes > advisedLog {
        findings.append(
            topic.warning(
                "log", "\(path)-wal has \(facts.logBytes >> 20) MiB",
                meaning: "something reads the store for very long, and keeps the log from being written into the file",
                remedy: "fuser -v \(shellWord(path)) shows who has it open; end the one that reads for so long"))
    }
    return findings
}
