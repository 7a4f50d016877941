import PostgresStore
import RefundCase
import RefundPolicy
import RefundWorker
import SQLiteStore
import Testing

@testable import RefundService

@Suite("The doctor's judgement of a store")
struct StoreJudgementTests {
    private func file(
        _ content: SQLiteStoreFacts.Content, journalMode: String = "wal", isWritable: Bool = true
    ) -> [DoctorFinding] {
        let facts = SQLiteStoreFacts(
            content: content, journalMode: journalMode, knownMigrations: 4, identity: StoreJudgementTests.one)
        return judgeSQLiteStore(
            SQLiteStoreReading(
                path: "/var/cases.sqlite", file: .facts(facts), directory: "/var", isDirectoryWritable: true,
                isFileWritable: isWritable))
    }

    private static let one = StoreIdentity(String(repeating: "1", count: 32))
    private static let two = StoreIdentity(String(repeating: "2", count: 32))

    @Test("the store must be the one that the settings name, or else the one that was there last")
    func identity() {
        let (one, two) = (StoreJudgementTests.one, StoreJudgementTests.two)
        #expect(judgeIdentity(one, pinned: nil).state == .good)
        #expect(judgeIdentity(one, pinned: one, remembered: two).state == .good)
        #expect(judgeIdentity(one, pinned: two, remembered: one).state == .wrong)
        #expect(judgeIdentity(one, pinned: nil, remembered: two).state == .wrong)
        #expect(judgeIdentity(nil, pinned: two).state == .wrong)
        #expect(judgeIdentity(nil, pinned: nil).state == .warning)
        #expect(complaints { $0.schema.identity = two } == [:])
        #expect(complaints(expected: one) { $0.schema.identity = two } == ["identity": .wrong])
        #expect(
            complaints(expected: one) { $0.schema.standing = .missing(userMayCreate: true) }
                == ["tables": .wrong, "identity": .wrong])
        for (pinned, remembered) in [(one, nil), (nil, one)] {
            let findings = judgeSQLiteStore(
                SQLiteStoreReading(
                    path: "/var/cases.sqlite", file: .missing, expected: pinned, remembered: remembered,
                    directory: "/var", isDirectoryWritable: true, isFileWritable: true))
            #expect(findings.map(\.state) == [.wrong])
        }
    }

    @Test("damage, a second name and a log that grows are told of a SQLite file")
    func fileTroubles() {
        func complaints(_ change: (inout SQLiteStoreFacts) -> Void) -> [String: DoctorFinding.State] {
            var facts = SQLiteStoreFacts(
                content: .store(missing: []), journalMode: "wal", knownMigrations: 4, identity: StoreJudgementTests.one)
            change(&facts)
            let findings = judgeSQLiteStore(
                SQLiteStoreReading(
                    path: "/var/cases.sqlite", file: .facts(facts), directory: "/var", isDirectoryWritable: true,
                    isFileWritable: true))
            return Dictionary(
                uniqueKeysWithValues: findings.filter { $0.state != .good }.map { ($0.subject, $0.state) })
        }
        #expect(complaints { _ in } == [:])
        #expect(complaints { $0.integrity = .damaged("page 7") } == ["integrity": .wrong])
        #expect(complaints { $0.integrity = .unfinished } == ["integrity": .notSeen])
        #expect(complaints { $0.names = 2 } == ["names": .wrong])
        #expect(complaints { $0.logBytes = 1 << 30 } == [:])
        #expect(complaints { $0.logBytes = 1 << 30 + 1 } == ["log": .warning])
    }

    @Test("a SQLite file is good only as a store of this version")
    func contents() {
        #expect(file(.store(missing: [])).map(\.state) == [.good, .good, .good, .good])
        #expect(file(.store(missing: ["4: publications"])).map(\.state) == [.wrong, .good, .good, .good])
        #expect(file(.store(missing: []), journalMode: "delete").map(\.state) == [.good, .good, .good, .warning])
        #expect(file(.store(missing: []), isWritable: false).map(\.state) == [.good, .good, .good, .good, .wrong])
        #expect(file(.empty).map(\.state) == [.warning])
        #expect(file(.newer).map(\.state) == [.wrong])
        #expect(file(.anotherProgram).map(\.state) == [.wrong])
    }

    @Test("a pause of payouts is a warning that says by whom, and what lifts it")
    func brake() throws {
        let now = Instant(microsecondsSinceEpoch: 1_645_522_260_000_000)
        #expect(judgeBrake(PayoutBrake(), at: now).state == .good)
        let pause = StandingPause(
            actionID: try #require(ActionID("act-1")), at: now - .seconds(7_200), by: Signature("ann"),
            note: "paid twice")
        let finding = judgeBrake(PayoutBrake(pause: pause), at: now)
        #expect(finding.state == .warning)
        #expect(finding.seen.contains("2h ago") && finding.seen.contains("by ann: paid twice"))
        #expect(finding.remedy?.hasPrefix("refund-worker payouts resume") == true)
    }

    @Test("messages that do not reach the broker are told with their kinds and the broker's words")
    func unsent() {
        let now = Instant(microsecondsSinceEpoch: 1_645_522_260_000_000)
        func backlog(_ count: Int, since age: Duration, _ problems: [UnsentProblem] = []) -> StoreBacklog {
            var backlog = StoreBacklog(
                openCases: [:], overdueCases: 0, nextDeadline: nil, unsentMessages: count,
                oldestUnsentAt: count == 0 ? nil : now - age, parkedMessages: 0)
            backlog.unsentProblems = problems
            return backlog
        }
        #expect(judgeBacklog(backlog(0, since: .zero), at: now).state == .good)
        #expect(judgeBacklog(backlog(400, since: .seconds(3)), at: now).state == .good)
        #expect(judgeBacklog(backlog(1, since: .seconds(60)), at: now).state == .warning)
        let refused = UnsentProblem(type: "notice.decided", reason: "403 ACCESS_REFUSED\u{1B}[2J", count: 7)
        let finding = judgeBacklog(backlog(10_000, since: .seconds(3), [refused]), at: now)
        #expect(finding.state == .warning)
        #expect(finding.seen.contains("10000 or more") && finding.seen.contains("7 × notice.decided: 403"))
        #expect(!finding.seen.contains("\u{1B}"))
    }

    @Test("a file that is not there is a warning where it can be made, and wrong where it can't")
    func missing() {
        for (isWritable, state) in [(true, DoctorFinding.State.warning), (false, .wrong)] {
            let findings = judgeSQLiteStore(
                SQLiteStoreReading(
                    path: "/nowhere/cases.sqlite", file: .missing, directory: "/nowhere",
                    isDirectoryWritable: isWritable, isFileWritable: true))
            #expect(findings.map(\.state) == [state])
        }
    }

    private func disk(
        free: UInt64 = 10 << 30, files: UInt64? = 10_000, kind: String? = "ext4", micros: [Int64]? = [900, 800, 5]
    ) -> [DoctorFinding.State] {
        judgeDisk(
            DiskReading(
                directory: "/var", fileSystem: kind, freeBytes: free, freeFiles: files, synchronizations: micros)
        ).map(\.state)
    }

    @Test("a disk is judged by its room, its kind, and how fast it says that something is kept")
    func disks() {
        #expect(disk() == [.good, .good, .good])
        #expect(disk(free: (1 << 30) - 1) == [.warning, .good, .good])
        #expect(disk(free: (64 << 20) - 1) == [.wrong, .good, .good])
        #expect(disk(files: 99) == [.wrong, .good, .good])
        #expect(disk(files: nil) == [.good, .good, .good])
        for kind in ["tmpfs", "overlay", "nfs4", "cifs"] { #expect(disk(kind: kind) == [.good, .warning, .good]) }
        #expect(disk(kind: nil) == [.good, .notSeen, .good])
        #expect(disk(micros: [19, 3, 2_000]) == [.good, .good, .warning])
        #expect(disk(micros: [20, 3, 2_000]) == [.good, .good, .good])
        #expect(disk(micros: nil) == [.good, .good, .notSeen])
    }

    @Test("the innermost mount of a directory tells its file system")
    func mounts() {
        let mounts = """
            22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
            30 22 0:25 / /var/lib rw - xfs /dev/vdb rw
            31 30 0:26 / /var/lib/two\\040words rw master:1 - tmpfs tmpfs rw
            32 22 0:27 / /var/lib rw - btrfs /dev/vdc rw
            a line of another form
            """
        let expected = [
            ("/", "ext4"), ("/var/library", "ext4"), ("/var/lib", "btrfs"), ("/var/lib/refund", "btrfs"),
            ("/var/lib/two words/x", "tmpfs"),
        ]
        for (directory, kind) in expected {
            #expect(DiskProbe.fileSystem(of: directory, mounts: mounts) == kind, "\(directory)")
        }
        #expect(DiskProbe.fileSystem(of: "/", mounts: "") == nil)
    }

    private func facts() -> PostgresServerFacts {
        PostgresServerFacts(
            version: 150_018, encoding: "UTF8", fsync: "on", fullPageWrites: "on", synchronousCommit: "on",
            isReadOnly: false, isEncrypted: true, sessions: 3, maximumSessions: 97, databaseBytes: 9 << 20,
            schema: .init(
                name: "refund_worker", standing: .migrated(missing: []), refusedTables: [],
                identity: StoreJudgementTests.one),
            clock: .init(
                server: Instant(microsecondsSinceEpoch: 0), asked: Instant(microsecondsSinceEpoch: 0),
                answered: Instant(microsecondsSinceEpoch: 0)))
    }

    /// What is worse than good, by subject, after one fact was changed.
    private func complaints(
        isLocal: Bool = false, verifiesServer: Bool = true, expected: StoreIdentity? = nil, lanes: Int = 2,
        _ change: (inout PostgresServerFacts) -> Void
    ) -> [String: DoctorFinding.State] {
        var facts = facts()
        change(&facts)
        let findings = judgePostgresStore(
            PostgresStoreReading(
                location: "db", isLocal: isLocal, verifiesServer: verifiesServer, expected: expected, facts: facts,
                lanes: lanes))
        return Dictionary(
            uniqueKeysWithValues: findings.filter { $0.state != .good && $0.state != .notSeen }
                .map { ($0.subject, $0.state) })
    }

    @Test("each fact of a PostgreSQL server that is not as it should be is told, and nothing else")
    func servers() {
        #expect(complaints { _ in } == [:])
        #expect(complaints { $0.version = 120_022 } == ["server db": .wrong])
        #expect(complaints { $0.encoding = "SQL_ASCII" } == ["server db": .wrong])
        #expect(complaints { $0.isReadOnly = true } == ["server db": .wrong])
        #expect(complaints { $0.fsync = "off" } == ["durability": .wrong])
        #expect(complaints { $0.fullPageWrites = "off" } == ["durability": .wrong])
        #expect(complaints { $0.synchronousCommit = "off" } == ["durability": .warning])
        #expect(complaints { $0.synchronousCommit = "remote_apply" } == [:])
        #expect(complaints { $0.sessions = 93 } == [:])
        #expect(complaints { $0.sessions = 94 } == ["sessions": .warning])
        #expect(complaints(verifiesServer: false) { $0.isEncrypted = false } == ["encryption": .warning])
        #expect(complaints(verifiesServer: false) { _ in } == ["encryption": .warning])
        #expect(complaints(isLocal: true, verifiesServer: false) { $0.isEncrypted = false } == [:])
        #expect(complaints { $0.schema.standing = .missing(userMayCreate: true) } == ["tables": .wrong])
        #expect(complaints { $0.schema.standing = .missing(userMayCreate: false) } == ["tables": .wrong])
        #expect(complaints { $0.schema.standing = .superseded } == ["tables": .wrong])
        #expect(complaints { $0.schema.standing = .migrated(missing: ["cases"]) } == ["tables": .wrong])
        #expect(complaints { $0.schema.refusedTables = ["cases"] } == ["rights": .wrong])
        #expect(complaints { $0.pooling = .keepingSessions } == [:])
        #expect(complaints { $0.pooling = .sharingSessions } == ["pooler": .wrong])
        #expect(complaints { $0.integrity.checksumFailures = 1 } == ["integrity": .wrong])
        #expect(complaints { $0.integrity.brokenIndexes = ["cases_line"] } == ["integrity": .wrong])
    }
}
