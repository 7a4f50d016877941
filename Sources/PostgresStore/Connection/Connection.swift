import CPostgreSQL
import Glibc
import RefundPolicy

/// One connection to PostgreSQL, always in pipeline mode: several statements go out in one write and their results come
/// back in one round trip (libpq, "Pipeline Mode").
///
/// Used by one thread at a time. No call waits longer than it is told.
final class Connection {
    private let handle: OpaquePointer
    private(set) var isUsable = true

    /// Connects to the first server of the URL that is what it asks for.
    ///
    /// - Throws: `ConnectionRefusal` with libpq's reason.
    init(_ location: PostgresLocation, defaults: [(keyword: String, value: String)]) throws(ConnectionRefusal) {
        let parameters = try location.parameters(defaults)
        let connected = withConnectionParameters(parameters) { PQconnectdbParams($0, $1, 1) }
        guard let connected else { throw ConnectionRefusal(problem: "libpq has no memory left") }
        handle = connected
        // libpq prints what the server remarks to standard error, past the log and its limits: nobody needs that.
        PQsetNoticeProcessor(handle, { _, _ in }, nil)
        guard PQstatus(handle) == CONNECTION_OK, PQsetnonblocking(handle, 1) == 0, PQenterPipelineMode(handle) == 1
        else {
            let problem = location.redacted(String(cString: PQerrorMessage(handle)))
            isUsable = false
            throw ConnectionRefusal(problem: problem)
        }
    }

    deinit {
        PQfinish(handle)
    }

    /// The process that serves this connection, as whoever answered has told: a pooler tells a number of its own.
    var toldProcess: Int64 { Int64(PQbackendPID(handle)) }

    /// Such as 150018 for 15.18.
    var serverVersion: Int { Int(PQserverVersion(handle)) }

    /// When the first certificate ends of those that server and client have shown each other; `nil` without TLS.
    var certificatesEndAt: Instant? {
        let seconds = cpostgresql_certificates_end(handle)
        return seconds == 0 ? nil : Instant(microsecondsSinceEpoch: seconds * 1_000_000)
    }

    /// Sends commands and takes their results, all in one round trip. After one that fails, the rest is skipped.
    ///
    /// - Returns: one result for each command.
    /// - Throws: `PostgresFailure`; after `.lost` the connection is of no use.
    func exchange(_ commands: [Command], within limit: Duration) throws(PostgresFailure) -> [QueryResult] {
        guard isUsable else { throw .lost(problem: "the connection was lost") }
        do throws(PostgresFailure) {
            let deadline = ContinuousClock.now + limit
            for command in commands { try send(command) }
            guard PQpipelineSync(handle) == 1 else { throw lost() }
            try flush(until: deadline)
            return try receive(commands.count, until: deadline)
        } catch {
            if error.endsConnection { isUsable = false }
            throw error
        }
    }

    func exchange(_ command: Command, within limit: Duration) throws(PostgresFailure) -> QueryResult {
        let results = try exchange([command], within: limit)
        guard let result = results.first else { throw .lost(problem: "the server answered nothing") }
        return result
    }

    // MARK: Sending

    private func send(_ command: Command) throws(PostgresFailure) {
        if case .prepare(let statement) = command.text {
            guard PQsendPrepare(handle, statement.name, statement.sql, 0, nil) == 1 else { throw lost() }
            return
        }
        let places = command.parameters.places
        let lengths = places.map { Int32(clamping: $0?.count ?? 0) }
        let formats = [Int32](repeating: 1, count: places.count)
        let isSent = command.parameters.bytes.withUnsafeBytes { bytes in
            let values = places.map { place in
                place.flatMap { bytes.baseAddress?.advanced(by: $0.lowerBound).assumingMemoryBound(to: CChar.self) }
            }
            let count = Int32(clamping: places.count)
            if case .plain(let sql) = command.text {
                return PQsendQueryParams(handle, sql, count, nil, values, lengths, formats, 1)
            }
            return PQsendQueryPrepared(handle, command.text.name, count, values, lengths, formats, 1)
        }
        guard isSent == 1 else { throw lost() }
    }

    /// Writes what is queued, and reads meanwhile, so that neither side waits for the other for ever.
    private func flush(until deadline: ContinuousClock.Instant) throws(PostgresFailure) {
        while true {
            switch PQflush(handle) {
            case 0: return
            case 1:
                let ready = try wait(for: Int16(POLLIN | POLLOUT), until: deadline)
                if ready & Int16(POLLIN) != 0, PQconsumeInput(handle) == 0 { throw lost() }
            default: throw lost()
            }
        }
    }

    // MARK: Receiving

    private func receive(
        _ count: Int, until deadline: ContinuousClock.Instant
    ) throws(PostgresFailure) -> [QueryResult] {
        var results: [QueryResult] = []
        results.reserveCapacity(count)
        var failure: PostgresFailure?
        for _ in 0..<count {
            // Each command ends with a null.
            while let result = try next(until: deadline) {
                switch PQresultStatus(result) {
                case PGRES_COMMAND_OK, PGRES_TUPLES_OK: results.append(QueryResult(result))
                case PGRES_PIPELINE_ABORTED: PQclear(result)
                default:
                    failure = failure ?? PostgresFailure(result, on: handle)
                    PQclear(result)
                    if PQstatus(handle) == CONNECTION_BAD { throw failure ?? lost() }
                }
            }
        }
        if let end = try next(until: deadline) { PQclear(end) }
        if let failure { throw failure }
        return results
    }

    private func next(until deadline: ContinuousClock.Instant) throws(PostgresFailure) -> OpaquePointer? {
        while PQisBusy(handle) == 1 {
            _ = try wait(for: Int16(POLLIN), until: deadline)
            guard PQconsumeInput(handle) == 1 else { throw lost() }
        }
        return PQgetResult(handle)
    }

    private func wait(
        for events: Int16, until deadline: ContinuousClock.Instant
    ) throws(PostgresFailure) -> Int16 {
        while true {
            let left = deadline - ContinuousClock.now
            guard left > .zero else { throw .lost(problem: "the server did not answer in time") }
            var descriptor = pollfd(fd: PQsocket(handle), events: events, revents: 0)
            let milliseconds = Int32(clamping: Int64(left / .milliseconds(1)) + 1)
            let count = poll(&descriptor, 1, milliseconds)
            if count > 0 { return descriptor.revents }
            guard count == 0 || errno == EINTR else { throw .lost(problem: "poll failed: \(errno)") }
        }
    }

    private func lost() -> PostgresFailure {
        .lost(problem: "the connection to the server was lost")
    }
}

/// Why no connection could be made, in libpq's words, without the password.
struct ConnectionRefusal: Error, Hashable {
    var problem: String
}
