import RefundWorker

/// Brings the tables up to date, one worker at a time, while others go on working.
struct Migrator {
    let session: Session
    let migrations: [Migration]
    /// Which store must be there: anything else stays as it is.
    var expected = ExpectedStore.any

    /// What a store's tables are, as its own list tells.
    struct Standing {
        var applied: Set<Int> = []
        /// The oldest version that still works with them.
        var compatibleFrom = 0
    }

    /// Applies what is missing, and marks this session as one of a worker of the newest version that it knows.
    ///
    /// - Throws: `StoreError` `.incompatible` when a newer version has taken away what this one needs, `.exchanged` when it
    ///   is another store than it must be.
    func migrate() throws(StoreError) {
        let known = migrations.last?.version ?? 0
        if try listExists() {
            try expected.check(try identity())
        } else if !expected.createsMissing {
            throw expected.missing("its schema has no tables of this program's")
        }
        if try isUpToDate() {
            // The usual case, at each reconnect: it waits for nobody. What was taken away meanwhile is seen by the second look.
            try mark(known)
            if try isUpToDate() { return }
        }
        // Others wait here; whoever comes second finds nothing to do.
        try run(.run("SELECT pg_advisory_lock($1::bigint)") { $0.add(AdvisoryLock.migrating) })
        try createList()
        let standing = try standing()
        guard standing.compatibleFrom <= known else { throw Migrator.superseded }
        for migration in migrations where !standing.applied.contains(migration.version) {
            try apply(migration)
        }
        try mark(known)
        try run(.run("SELECT pg_advisory_unlock($1::bigint)") { $0.add(AdvisoryLock.migrating) })
    }

    /// Whether all of this version's migrations were applied, and nothing that it needs was taken away.
    private func isUpToDate() throws(StoreError) -> Bool {
        guard try listExists() else { return false }
        let standing = try standing()
        return standing.compatibleFrom <= migrations.last?.version ?? 0
            && standing.applied.isSuperset(of: migrations.map(\.version))
    }

    /// Holds, shared, the lock that says which version works here.
    private func mark(_ version: Int) throws(StoreError) {
        try run(
            .run("SELECT pg_advisory_lock_shared($1::bigint)") {
                $0.add(AdvisoryLock.worker(session.schemaNumber, version: version))
            })
    }

    /// - Throws: `StoreError` `.incompatible` for anything but tables that this version can read.
    func check() throws(StoreError) {
        guard try listExists() else { throw Migrator.outdated }
        let standing = try standing()
        guard standing.compatibleFrom <= migrations.last?.version ?? 0 else { throw Migrator.superseded }
        let needed = migrations.filter { $0.kind == .expand }.map(\.version)
        guard standing.applied.isSuperset(of: needed) else { throw Migrator.outdated }
    }

    private func apply(_ migration: Migration) throws(StoreError) {
        if case .contract(let since) = migration.kind {
            // Older workers hold the lock of their version for as long as they are connected.
            for version in 1..<since where try !isNobody(ofVersion: version) { return }
        }
        try migration.preparation?(session)
        var commands = [Command.run("BEGIN")]
        commands += migration.statements.map { .run($0) }
        commands.append(
            .run("INSERT INTO schema_migrations VALUES ($1::bigint, $2, $3::bigint, now())") {
                $0.add(migration.version)
                $0.add(migration.name)
                if case .contract(let since) = migration.kind { $0.add(since) } else { $0.add(0) }
            })
        commands.append(.run("COMMIT"))
        do throws(PostgresFailure) {
            _ = try session.connection.exchange(commands, within: AdvisoryLock.patience)
        } catch {
            session.rollBack()
            throw StoreError(error, during: "migrate to version \(migration.version)")
        }
    }

    private func isNobody(ofVersion version: Int) throws(StoreError) -> Bool {
        let lock = AdvisoryLock.worker(session.schemaNumber, version: version)
        let isFree =
            try run(.run("SELECT pg_try_advisory_lock($1::bigint)") { $0.add(lock) })
            .first { $0.boolean(0) } ?? false
        if isFree { try run(.run("SELECT pg_advisory_unlock($1::bigint)") { $0.add(lock) }) }
        return isFree
    }

    private func createList() throws(StoreError) {
        guard try !listExists() else { return }
        try run(
            .run(
                """
                CREATE TABLE schema_migrations (
                    version bigint PRIMARY KEY,
                    name text NOT NULL,
                    compatible_from bigint NOT NULL,
                    applied_at timestamptz NOT NULL
                )
                """))
    }

    /// Which store it is; `nil` for one of a version that gave it none.
    func identity() throws(StoreError) -> StoreIdentity? {
        do throws(PostgresFailure) {
            return try IdentityTable.read(on: session.connection, within: AdvisoryLock.patience)
        } catch {
            throw StoreError(error, during: "look whose store it is")
        }
    }

    private func listExists() throws(StoreError) -> Bool {
        try run(.run("SELECT to_regclass('schema_migrations') IS NOT NULL")).first { $0.boolean(0) } ?? false
    }

    private func standing() throws(StoreError) -> Standing {
        var standing = Standing()
        for row in try run(.run("SELECT version, compatible_from FROM schema_migrations")).rows {
            standing.applied.insert(Int(row.integer(0)))
            standing.compatibleFrom = max(standing.compatibleFrom, Int(row.integer(1)))
        }
        return standing
    }

    @discardableResult
    private func run(_ command: Command) throws(StoreError) -> QueryResult {
        do throws(PostgresFailure) {
            return try session.connection.exchange(command, within: AdvisoryLock.patience)
        } catch {
            throw StoreError(error, during: "migrate")
        }
    }

    private static var superseded: StoreError {
        StoreError(
            .incompatible, operation: "open",
            problem: "a newer version of this program has changed the store for good",
            remedy: "run that version, or restore a backup from before the upgrade")
    }

    private static var outdated: StoreError {
        StoreError(
            .incompatible, operation: "open", problem: "the store is empty or of an older version",
            remedy: "start this version's worker once: it brings the store up to date")
    }
}
