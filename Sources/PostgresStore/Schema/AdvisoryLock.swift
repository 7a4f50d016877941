/// The numbers of the session locks that workers of one store share ("Advisory Locks" in PostgreSQL's documentation).
enum AdvisoryLock {
    /// The first two bytes of each, so that other programs' numbers are not met by chance.
    private static let mark: Int64 = 0x5246 << 48

    /// Held while a database's tables are changed.
    static let migrating: Int64 = mark

    /// How long its holder may take, and others wait for it: an index over millions of rows takes its time.
    static let patience: Duration = .seconds(3_600)

    /// Held, shared, by each worker that knows that version of the tables of that schema.
    static func worker(_ schemaNumber: Int64, version: Int) -> Int64 {
        mark | (schemaNumber & 0xFFFF_FFFF) << 16 | Int64(version & 0xFFFF)
    }

    /// Held by each transaction of a worker's, shared unless it changes the brake.
    static func brake(_ schemaNumber: Int64) -> Int64 { worker(schemaNumber, version: 0xFFFF) }
}
