import Glibc
import RefundMessages
public import RefundPolicy
public import RefundWorker

/// Cases in a PostgreSQL database, for any number of workers at once.
///
/// A commit is on disk when `transact` returns (`synchronous_commit`), and takes two round trips: one that reads and
/// locks, one that writes and commits. A lost connection is made again with the next call.
///
/// Not `Sendable`: the connection and caches are used without a lock, by the one thread that the port asks for.
public final class PostgresStore: CaseStore {
    private let place: any PostgresLocating
    private let migrations: [Migration]
    private var session: Session?
    private var expected: ExpectedStore
    /// The latest event that was told as kept.
    private var latest: KeptEvent?
    private var policies = PolicyRows()
    /// Numbers for new cases that were given and not used yet.
    private var numbers: ArraySlice<Int64> = []
    private var isClosed = false

    /// How often a transaction is tried in all when others were in its way.
    private static let attempts = 12

    /// Connects to the store, and upgrades its tables as needed. Whatever it connects to later must be the same store.
    ///
    /// - Parameters:
    ///   - place: is asked again whenever a connection has to be made.
    ///   - expected: which store it must be; `nil` for whichever is there.
    ///   - createsMissing: makes the tables where there are none and no identity is expected.
    /// - Throws: `StoreError` `.unavailable` when no server answers that takes writes, `.incompatible` when it or its
    ///   tables can't be used by this version, or there are none, `.exchanged` when it is another store than it must be.
    public convenience init(
        _ place: some PostgresLocating, expected: StoreIdentity? = nil, createsMissing: Bool = true
    ) throws(StoreError) {
        try self.init(
            place, migrations: Migration.all,
            expected: ExpectedStore(place: "\(place.location)", pinned: expected, createsMissing: createsMissing))
    }

    /// With other migrations than this version's, for tests of upgrades.
    init(
        _ place: some PostgresLocating, migrations: [Migration], expected: ExpectedStore = .any
    ) throws(StoreError) {
        self.place = place
        self.migrations = migrations
        self.expected = expected
        _ = try connected()
    }

    /// Which store it is.
    public var identity: StoreIdentity? { expected.identity }

    /// Ends the connection. Every later call throws.
    public func close() {
        session = nil
        isClosed = true
    }

    public func transact(
        recording publications: [PublicationRecord], loading keys: CaseKeys, at now: Instant,
        _ decide: (LoadedCases) -> CaseChanges
    ) throws(StoreError) -> [CaseID] {
        var conflicts: Set<PostgresFailure.Conflict> = []
        var takesBrake = false
        for attempt in 1... {
            do throws(Interruption) {
                return try transactOnce(
                    recording: publications, loading: keys, takingBrake: takesBrake, at: now, decide)
            } catch {
                if case .brakeIsShared = error.cause, !takesBrake {
                    takesBrake = true
                    continue
                }
                guard case .failure(.refused(_, let conflict)) = error.cause, error.isOvertaken,
                    attempt < PostgresStore.attempts
                else { throw error.storeError }
                // A rival that has committed is seen by the next attempt; one that is met twice is no rival but a
                // contradiction in the data.
                if let conflict, !conflicts.insert(conflict).inserted { throw error.storeError }
            }
        }
        return []
    }

    public func countUnsent(upTo most: Int) throws(StoreError) -> Int {
        do throws(Interruption) {
            let connection = try connected(during: "count").connection
            let results = try interruptible("count") {
                try connection.exchange([MessageRows.command(countingUnsentTo: most)], within: Session.patience)
            }
            return results[0].first { Int($0.integer(0)) } ?? 0
        } catch {
            throw error.storeError
        }
    }

    /// What time it is on the server's machine.
    public func clock() throws(StoreError) -> Instant? {
        do throws(Interruption) {
            let connection = try connected(during: "clock").connection
            let results = try interruptible("clock") {
                try connection.exchange([.run(ServerClock.question)], within: Session.patience)
            }
            return results[0].first { $0.instant(0) }
        } catch {
            throw error.storeError
        }
    }

    public func claimUnsent(
        limit: Int, bytes: Int, at now: Instant, lease: Duration
    ) throws(StoreError) -> [OutboxMessage] {
        do throws(Interruption) {
            let session = try connected(during: "claim")
            let connection = session.connection
            // Both are one transaction, since they go out together.
            let results = try interruptible("claim") {
                try connection.exchange(
                    [
                        PauseRows.command(lockingOf: session.schemaNumber, isAlone: false),
                        MessageRows.command(claiming: limit, bytes: bytes, at: now, lease: lease),
                    ], within: Session.patience)
            }
            var claimed: [OutboxMessage] = []
            var unreadable: [MessageRows.Unreadable] = []
            for row in results[1].rows {
                let stored = StoredMessage(row)
                let heldBefore = row.optionalInstant(12)
                do throws(DeadLetterReason) {
                    let requestID = RequestID(row.text(9))
                    guard requestID != nil || row.isNull(8) else {
                        throw .unprocessable(problem: "the case's request id can't be read")
                    }
                    claimed.append(
                        try stored.message(
                            of: requestID, traceparent: row.optionalText(10), heldUntil: now + lease,
                            heldBefore: heldBefore, submittedAt: row.optionalInstant(11)))
                } catch {
                    unreadable.append(
                        MessageRows.Unreadable(number: stored.number, problem: error.detail, heldBefore: heldBefore))
                }
            }
            guard !unreadable.isEmpty else { return claimed }
            try interruptible("claim") {
                _ = try connection.exchange(MessageRows.command(rejecting: unreadable), within: Session.patience)
            }
            return claimed
        } catch {
            throw error.storeError
        }
    }

    // MARK: A transaction

    private func transactOnce(
        recording publications: [PublicationRecord], loading keys: CaseKeys, takingBrake: Bool, at now: Instant,
        _ decide: (LoadedCases) -> CaseChanges
    ) throws(Interruption) -> [CaseID] {
        let session = try connected(during: "begin")
        var isCommitted = false
        defer {
            policies.settle(isCommitted: isCommitted)
            if !isCommitted { session.rollBack() }
        }
        var loading = Loading(session: session, keys: keys, takingBrake: takingBrake, at: now)
        let needed = max(0, keys.requests.count + keys.dueLimit - numbers.count)
        let loaded = try interruptible("load") {
            try loading.run(recording: publications, numbersNeeded: needed, policies: &policies)
        }
        numbers += loading.numbers
        let changes = decide(loaded)
        if !takingBrake, !changes.brake.isEmpty || !changes.fleetMessages.isEmpty { throw .brakeIsShared }
        let writing = try interruptible("write") {
            // Usually they came with what was loaded.
            let missing = changes.cases.count { $0.id == nil } - numbers.count
            if missing > 0 { numbers += try Loading.numbers(missing, on: session.connection) }
            let rows = try policies.rows(of: changes.cases.compactMap(\.policy), on: session.connection)
            return try Writing(changes, of: loaded, policyRows: rows, at: now) { numbers.popFirst() }
        }
        try commit(writing, transaction: loading.transaction, on: session)
        isCommitted = true
        latest = changes.latestEvent(of: writing.ids) ?? latest
        return writing.ids
    }

    private func commit(_ writing: Writing, transaction: String?, on session: Session) throws(Interruption) {
        let commands = writing.commands
        var transaction = transaction
        if transaction == nil, !commands.isEmpty {
            transaction = try interruptible("write") {
                try session.connection.exchange(.run(CommitOutcome.current), within: Session.patience)
                    .first { $0.text(0) }
            }
        }
        do throws(PostgresFailure) {
            _ = try session.connection.exchange(commands + [.run("COMMIT")], within: Session.patience)
        } catch {
            // A server that ends the session may have committed before.
            guard error.endsConnection, let transaction else { throw Interruption(error, during: "write") }
            try settle(transaction, of: session.history)
        }
    }

    /// The commit was on its way when the connection broke.
    private func settle(_ transaction: String, of history: String?) throws(Interruption) {
        session = nil
        var left = 50
        let outcome: CommitOutcome
        do throws(Interruption) {
            let session = try connected(during: "commit")
            guard let history, session.history == history else { throw Interruption(PostgresStore.outcomeUnknown) }
            outcome = try interruptible("commit") {
                try CommitOutcome.find(transaction, on: session.connection) {
                    left -= 1
                    // The old session may take a moment to notice that it is alone.
                    poll(nil, 0, 100)
                    return left > 0
                }
            }
        } catch {
            throw Interruption(PostgresStore.outcomeUnknown)
        }
        switch outcome {
        case .committed: return
        case .rolledBack: throw Interruption(PostgresStore.rolledBack)
        case .unknown: throw Interruption(PostgresStore.outcomeUnknown)
        }
    }

    private static let outcomeUnknown = StoreError(
        .outcomeUnknown, operation: "commit", problem: "the connection was lost during the commit",
        remedy: "the same is done again: what was kept is then found to be known")

    private static let rolledBack = StoreError(
        .unavailable, operation: "commit", problem: "the connection was lost, and nothing was kept",
        remedy: "it is tried again")

    // MARK: The connection

    private func connected(during operation: String) throws(Interruption) -> Session {
        do throws(StoreError) {
            return try connected()
        } catch {
            throw Interruption(error)
        }
    }

    private func connected() throws(StoreError) -> Session {
        if let session, session.connection.isUsable { return session }
        session = nil
        guard !isClosed else {
            throw StoreError(
                .unavailable, operation: "begin", problem: "the store was closed", remedy: "open it again")
        }
        let opened = try newSession()
        try identify(opened)
        try opened.limit(for: .working)
        try opened.prepare(PostgresStore.statements)
        try opened.learnHistory()
        // What is known of rows may be of another server, one that has lost the latest of them.
        policies = PolicyRows()
        numbers = []
        session = opened
        return opened
    }

    private func newSession() throws(StoreError) -> Session {
        do throws(StoreError) {
            return try Session(place.location, purpose: .working, expected: expected)
        } catch {
            // Perhaps for its password: the next try may have another.
            place.refused()
            throw error
        }
    }

    /// Brings the tables up to date, once it is certain whose they are, and holds to them from then on.
    private func identify(_ opened: Session) throws(StoreError) {
        let migrator = Migrator(session: opened, migrations: migrations, expected: expected)
        try migrator.migrate()
        // Also after another worker has made the tables at the same moment.
        let found = try migrator.identity()
        try expected.check(found)
        if let found { expected.hold(to: found) }
        guard let latest else { return }
        let isKept: Bool
        do throws(PostgresFailure) {
            isKept = try IdentityTable.has(latest, on: opened.connection, within: Session.patience)
        } catch {
            throw StoreError(error, during: "look whose store it is")
        }
        if !isKept { throw .earlierCopy(at: expected.place) }
    }

    static let statements =
        Loading.statements + PolicyRows.statements + CaseRows.statements + EventRows.statements
        + MessageRows.statements + ParkedRows.statements + DeadLetterRows.statements + [FactRows.load]
        + LineRows.statements + WordRows.statements + ActionRows.statements + PauseRows.statements
        + [CommitOutcome.current, TransactionHistory.current]
}
