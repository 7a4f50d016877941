import PostgresStore
import RefundWorker

/// What was seen of a PostgreSQL store.
struct PostgresStoreReading: Hashable, Sendable {
    /// Hosts, ports and database.
    let location: String
    let isLocal: Bool
    /// The server's certificate must name it.
    let verifiesServer: Bool
    /// Which store must be there, by the settings; `nil` for any.
    var expected: StoreIdentity?
    let facts: PostgresServerFacts
    let lanes: Int
}

/// Judges a PostgreSQL store.
func judgePostgresStore(_ reading: PostgresStoreReading) -> [DoctorFinding] {
    [judgeServer(reading)] + judgePooling(reading.facts) + [judgeTables(reading.facts)] + judgeWhich(reading)
        + judgeRights(reading.facts)
        + [judgeIntegrity(reading.facts.integrity), judgeDurability(reading.facts), judgeSessions(reading)]
        + [judgeEncryption(reading), unseenRoom(reading.facts)]
}

private func judgeServer(_ reading: PostgresStoreReading) -> DoctorFinding {
    let facts = reading.facts
    let version = "\(facts.version / 10_000).\(facts.version % 10_000)"
    let subject = "server \(reading.location)"
    let topic = DoctorTopic.store
    if facts.version < 130_000 {
        return topic.wrong(
            subject, "PostgreSQL \(version)", meaning: "the store needs what came with version 13",
            remedy: "upgrade to PostgreSQL 13 or newer")
    }
    if facts.encoding != "UTF8" {
        return topic.wrong(
            subject, "the database's encoding is \(facts.encoding)", meaning: "names and notes could not be kept",
            remedy: "createdb --encoding=UTF8 --template=template0 NAME, and name it in store.url")
    }
    if facts.isReadOnly {
        return topic.wrong(
            subject, "PostgreSQL \(version), takes no writes", meaning: "it is a standby, or set to read only",
            remedy: "name the primary in store.url, or all servers; psql -c 'SELECT pg_is_in_recovery()' tells")
    }
    return topic.good(subject, "PostgreSQL \(version), takes writes")
}

private func judgeTables(_ facts: PostgresServerFacts) -> DoctorFinding {
    let topic = DoctorTopic.store
    let name = facts.schema.name
    switch facts.schema.standing {
    case .missing(userMayCreate: true):
        return topic.wrong(
            "tables", "schema \(name) has no store", meaning: "no worker starts until it is made",
            remedy: "refund-worker store create, if there never was one")
    case .missing(userMayCreate: false):
        return topic.wrong(
            "tables", "schema \(name) has no store", meaning: "and this user may not make it",
            remedy: "psql -c 'CREATE SCHEMA \(name) AUTHORIZATION WORKER-USER' (as the database's owner)")
    case .superseded:
        return topic.wrong(
            "tables", "schema \(name) was changed by a newer version", meaning: "this version can't use it any more",
            remedy: "run the newer version, or restore a backup from before the upgrade")
    case .migrated(let missing) where missing.isEmpty:
        return topic.good("tables", "schema \(name): all migrations are applied")
    case .migrated(let missing):
        return topic.wrong(
            "tables", "schema \(name): missing \(missing.joined(separator: "; "))",
            meaning: "the store is of an older version; only a worker can use it, which brings it up to date",
            remedy: "pg_dump first, then start this version's worker: refund-worker run")
    }
}

private func judgeWhich(_ reading: PostgresStoreReading) -> [DoctorFinding] {
    let schema = reading.facts.schema
    switch schema.standing {
    case .missing:
        return judgeMissingStore("schema \(schema.name) has no store", pinned: reading.expected).map { [$0] } ?? []
    case .superseded, .migrated:
        guard schema.refusedTables.isEmpty else { return [] }
        return [judgeIdentity(schema.identity, pinned: reading.expected)]
    }
}

private func judgePooling(_ facts: PostgresServerFacts) -> [DoctorFinding] {
    let topic = DoctorTopic.store
    switch facts.pooling {
    case .direct: return []
    case .keepingSessions: return [topic.good("pooler", "one, which keeps sessions")]
    case .sharingSessions:
        return [
            topic.wrong(
                "pooler", "one that gives out another session with each transaction",
                meaning: "no worker starts: its limits, locks and prepared statements would be lost, and met by others",
                remedy: "pool_mode = session for this database (PgBouncer), or name the server itself in store.url")
        ]
    }
}

private func judgeIntegrity(_ integrity: PostgresServerFacts.Integrity) -> DoctorFinding {
    let topic = DoctorTopic.store
    let thorough = "pg_amcheck --all --heapallindexed (reads everything)"
    if !integrity.brokenIndexes.isEmpty {
        return topic.wrong(
            "integrity", "incomplete indexes: \(integrity.brokenIndexes.joined(separator: ", "))",
            meaning: "what they hold unique may come twice: requests, refunded lines",
            remedy: "psql -c 'REINDEX INDEX CONCURRENTLY NAME' for each")
    }
    if integrity.checksumFailures > 0 {
        return topic.wrong(
            "integrity", "\(integrity.checksumFailures) pages had a wrong checksum",
            meaning: "the server's disk or memory damages data",
            remedy: "look at the server's log, then \(thorough), and restore a backup onto another disk")
    }
    guard integrity.hasChecksums else {
        return topic.notSeen(
            "integrity", "the server keeps no checksums; all indexes are complete",
            remedy: "pg_checksums --enable (with the server stopped); \(thorough)")
    }
    return topic.good("integrity", "checksums on, none wrong; all indexes are complete")
}

private func judgeRights(_ facts: PostgresServerFacts) -> [DoctorFinding] {
    let refused = facts.schema.refusedTables
    guard !refused.isEmpty else { return [] }
    let name = facts.schema.name
    return [
        DoctorTopic.store.wrong(
            "rights", "the user may not read and write \(refused.joined(separator: ", "))",
            meaning: "the worker can't commit anything",
            remedy: "psql -c 'GRANT USAGE ON SCHEMA \(name) TO WORKER-USER; "
                + "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA \(name) TO WORKER-USER'")
    ]
}

/// What a commit is worth. The worker's own sessions set `synchronous_commit` to `on` where the server says `off`.
private func judgeDurability(_ facts: PostgresServerFacts) -> DoctorFinding {
    let topic = DoctorTopic.store
    let seen =
        "fsync=\(facts.fsync) full_page_writes=\(facts.fullPageWrites) synchronous_commit=\(facts.synchronousCommit)"
    let off = [("fsync", facts.fsync), ("full_page_writes", facts.fullPageWrites)].filter { $0.1 != "on" }.map(\.0)
    guard off.isEmpty else {
        let set = off.map { "-c 'ALTER SYSTEM SET \($0) = on'" }.joined(separator: " ")
        return topic.wrong(
            "durability", seen, meaning: "a crash of the machine may lose or damage committed cases",
            remedy: "psql \(set) -c 'SELECT pg_reload_conf()' (as superuser)")
    }
    guard facts.synchronousCommit == "off" else { return topic.good("durability", seen) }
    return topic.warning(
        "durability", seen, meaning: "workers set it to on for themselves; other programs' commits may be lost",
        remedy: "psql -c 'ALTER SYSTEM SET synchronous_commit = on' -c 'SELECT pg_reload_conf()' (as superuser)")
}

/// A lane has one session, and the operator's commands need some.
private func judgeSessions(_ reading: PostgresStoreReading) -> DoctorFinding {
    let facts = reading.facts
    let seen = "\(facts.sessions) of \(facts.maximumSessions) in use"
    guard facts.sessions + reading.lanes + 2 > facts.maximumSessions else {
        return DoctorTopic.store.good("sessions", seen)
    }
    return DoctorTopic.store.warning(
        "sessions", seen, meaning: "another worker of \(reading.lanes) lanes would not get its sessions",
        remedy: "psql -c 'ALTER SYSTEM SET max_connections = 200' (as superuser), and restart the server")
}

private func judgeEncryption(_ reading: PostgresStoreReading) -> DoctorFinding {
    let isSafe = reading.isLocal || reading.verifiesServer
    switch (reading.facts.isEncrypted, isSafe) {
    case (true, true): return DoctorTopic.store.good("encryption", "TLS")
    case (false, true): return DoctorTopic.store.good("encryption", "none, and it stays on this machine")
    case (true, false):
        return DoctorTopic.store.warning(
            "encryption", "TLS, without a look at the server's name",
            meaning: "whoever can stand in its place gets the password, contacts and payment tokens",
            remedy: "set sslmode=verify-full&sslrootcert=FILE in store.url")
    case (false, false): break
    }
    return DoctorTopic.store.warning(
        "encryption", "none", meaning: "contacts and payment tokens travel in the open",
        remedy: "add sslmode=verify-full&sslrootcert=FILE to store.url")
}

private func unseenRoom(_ facts: PostgresServerFacts) -> DoctorFinding {
    DoctorTopic.store.notSeen(
        "room on the disk", "the server does not tell; the database has \(facts.databaseBytes >> 20) MiB",
        remedy: "df -h (on the server's machine, for its data directory)")
}
