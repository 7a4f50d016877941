/// The server's own clock, which goes on within a transaction.
enum ServerClock {
    /// Answers one row with the time now, in microseconds since 1970 in UTC.
    static let question = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
}
