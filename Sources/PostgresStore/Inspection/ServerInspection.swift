public import RefundPolicy
public import RefundWorker

extension PostgresServerFacts {
    /// Connects, asks, and leaves; nothing is written.
    ///
    /// - Parameter now: this machine's clock.
    /// - Throws: `StoreError` when no server answers, or it refuses the user.
    public static func read(
        _ location: PostgresLocation, now: () -> Instant
    ) throws(StoreError) -> PostgresServerFacts {
        let connection: Connection
        do throws(ConnectionRefusal) {
            connection = try Connection(location, defaults: Session.defaults)
        } catch {
            throw StoreError(
                .unavailable, operation: "connect", problem: error.problem,
                remedy: "check store.url, and that PostgreSQL runs and lets this user in")
        }
        do throws(PostgresFailure) {
            return try ServerInspection(connection: connection).facts(now: now) { () throws(ConnectionRefusal) in
                try Connection(location, defaults: Session.defaults)
            }
        } catch {
            throw StoreError(error, during: "look at the server")
        }
    }
}

/// The questions that are asked.
private struct ServerInspection {
    let connection: Connection

    /// How long an answer may take.
    private static let patience: Duration = .seconds(10)

    /// - Parameter another: opens a second connection in the same way.
    func facts(
        now: () -> Instant, another: () throws(ConnectionRefusal) -> Connection
    ) throws(PostgresFailure) -> PostgresServerFacts {
        let clock = try clock(now: now)
        let process = try Pooling.process(of: connection, within: ServerInspection.patience)
        let pooling = try Pooling.look(at: connection, process: process, another: another)
        let schema = try schema()
        let integrity = try integrity(of: schema.name)
        let version = connection.serverVersion
        let facts = try ask(.run(ServerInspection.settings)).first { row in
            PostgresServerFacts(
                version: version, encoding: row.text(0), fsync: row.text(1), fullPageWrites: row.text(2),
                synchronousCommit: row.text(3), isReadOnly: row.boolean(4), isEncrypted: row.boolean(5),
                sessions: Int(row.integer(6)), maximumSessions: Int(row.integer(7)), databaseBytes: row.integer(8),
                schema: schema, clock: clock, pooling: pooling, integrity: integrity,
                certificatesEndAt: connection.certificatesEndAt)
        }
        guard let facts else { throw .lost(problem: "the server answered nothing") }
        return facts
    }

    private static let settings = """
        SELECT current_setting('server_encoding'), current_setting('fsync'), current_setting('full_page_writes'),
            current_setting('synchronous_commit'),
            pg_is_in_recovery() OR current_setting('default_transaction_read_only') = 'on',
            coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false),
            (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
            current_setting('max_connections')::bigint
                - current_setting('superuser_reserved_connections')::bigint,
            pg_database_size(current_database())
        """

    private func clock(now: () -> Instant) throws(PostgresFailure) -> PostgresServerFacts.ClockReading {
        let asked = now()
        let server = try ask(.run(ServerClock.question))
            .first { $0.instant(0) }
        guard let server else { throw .lost(problem: "the server answered nothing") }
        return PostgresServerFacts.ClockReading(server: server, asked: asked, answered: now())
    }

    private func schema() throws(PostgresFailure) -> PostgresServerFacts.StoreSchema {
        let path = try ask(.run("SELECT current_setting('search_path')")).first { $0.text(0) } ?? ""
        let name = Session.schema(searchPath: path)
        let list = "\"\(name)\".schema_migrations"
        guard try ask(.run("SELECT to_regclass($1) IS NOT NULL") { $0.add(list) }).first({ $0.boolean(0) }) ?? false
        else { return try PostgresServerFacts.StoreSchema(name: name, standing: missing(name), refusedTables: []) }
        let refused = try refusedTables(in: name)
        guard !refused.contains("schema_migrations") else {
            return PostgresServerFacts.StoreSchema(
                name: name, standing: .migrated(missing: []), refusedTables: refused)
        }
        return PostgresServerFacts.StoreSchema(
            name: name, standing: try standing(list), refusedTables: refused,
            identity: refused.contains("store_identity") ? nil : try identity(in: name))
    }

    private func identity(in schema: String) throws(PostgresFailure) -> StoreIdentity? {
        let table = "\"\(schema)\".store_identity"
        guard try ask(.run("SELECT to_regclass($1) IS NOT NULL") { $0.add(table) }).first({ $0.boolean(0) }) ?? false
        else { return nil }
        return try ask(.run("SELECT identity FROM \(table)")).first { StoreIdentity($0.text(0)) } ?? nil
    }

    /// A whole look at tables and indexes reads everything (`pg_amcheck`); these are known already.
    private func integrity(of schema: String) throws(PostgresFailure) -> PostgresServerFacts.Integrity {
        let broken = """
            SELECT pg_index.indexrelid::regclass::text FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
            WHERE relnamespace = to_regnamespace(quote_ident($1)) AND NOT (indisvalid AND indisready)
            ORDER BY 1 LIMIT 10
            """
        let indexes = try ask(.run(broken) { $0.add(schema) }).map { $0.text(0) }
        let checksums = """
            SELECT current_setting('data_checksums') = 'on', coalesce((
                SELECT checksum_failures FROM pg_stat_database WHERE datname = current_database()
            ), 0)
            """
        return try ask(.run(checksums)).first { row in
            PostgresServerFacts.Integrity(
                hasChecksums: row.boolean(0), checksumFailures: row.integer(1), brokenIndexes: indexes)
        } ?? PostgresServerFacts.Integrity(brokenIndexes: indexes)
    }

    /// An empty schema that is there must be open to the user; else the user must be allowed to make it.
    private func missing(_ schema: String) throws(PostgresFailure) -> PostgresServerFacts.StoreSchema.Standing {
        let sql = """
            SELECT CASE WHEN to_regnamespace(quote_ident($1)) IS NULL
                THEN has_database_privilege(current_database(), 'CREATE')
                ELSE has_schema_privilege(quote_ident($1)::regnamespace::oid, 'CREATE') END
            """
        return .missing(userMayCreate: try ask(.run(sql) { $0.add(schema) }).first { $0.boolean(0) } ?? false)
    }

    private func standing(_ list: String) throws(PostgresFailure) -> PostgresServerFacts.StoreSchema.Standing {
        let rows = try ask(.run("SELECT version, compatible_from FROM \(list)"))
            .map { (version: Int($0.integer(0)), compatibleFrom: Int($0.integer(1))) }
        guard rows.allSatisfy({ $0.compatibleFrom <= Migration.current }) else { return .superseded }
        let applied = Set(rows.map(\.version))
        return .migrated(missing: Migration.all.filter { !applied.contains($0.version) }.map(\.name))
    }

    private func refusedTables(in schema: String) throws(PostgresFailure) -> [String] {
        let sql = """
            SELECT relname::text FROM pg_class
            WHERE relnamespace = to_regnamespace(quote_ident($1)) AND relkind = 'r' AND NOT (
                has_schema_privilege(relnamespace, 'USAGE') AND has_table_privilege(pg_class.oid, 'SELECT')
                AND has_table_privilege(pg_class.oid, 'INSERT') AND has_table_privilege(pg_class.oid, 'UPDATE')
                AND has_table_privilege(pg_class.oid, 'DELETE'))
            ORDER BY relname
            """
        return try ask(.run(sql) { $0.add(schema) }).map { $0.text(0) }
    }

    private func ask(_ command: Command) throws(PostgresFailure) -> QueryResult {
        try connection.exchange(command, within: ServerInspection.patience)
    }
}
