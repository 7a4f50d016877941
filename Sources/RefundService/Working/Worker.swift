/// The worker: takes messages until it is told to stop.
public enum Worker {
    /// Works until SIGTERM, then drains and stops.
    ///
    /// - Throws: `WorkerNotIncluded`, until the engine is here.
    public static func run(_ settings: Settings) async throws {
        throw WorkerNotIncluded()
    }
}

/// This build has no engine.
public struct WorkerNotIncluded: Error, CustomStringConvertible {
    public var description: String { "this build of refund-worker can't work yet; take a later one" }
}
