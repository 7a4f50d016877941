/// How many bytes a lane may have in its memory at a time. Counts bound what is small, bytes what is large: 2,000 deliveries
/// may be two megabytes or two hundred.
public struct LaneBytes: Hashable, Sendable {
    /// Of deliveries by the connection of one queue that are not acknowledged yet: over it no more is read.
    public var held: Int
    /// Of deliveries that are decided and committed together; the first may be larger.
    public var batch: Int
    /// Of cases that are loaded for a batch, of those whose time has come, and of parked messages that are due: so many of
    /// each, and the first may be larger.
    public var loaded: Int
    /// Of messages to be published, at the broker, or waiting to be recorded.
    public var unsent: Int

    /// What unbounded stores and tests take.
    public static let unlimited = LaneBytes(held: .max, batch: .max, loaded: .max, unsent: .max)

    public init(held: Int = 16 << 20, batch: Int = 4 << 20, loaded: Int = 4 << 20, unsent: Int = 16 << 20) {
        self.held = held
        self.batch = batch
        self.loaded = loaded
        self.unsent = unsent
    }

    /// One lane's part of what a process may have; never so little that a large message would stand alone.
    ///
    /// - Parameter lanes: how many lanes the process has.
    public init(sharedBy lanes: Int) {
        let whole = LaneBytes()
        let count = max(1, lanes)
        self.init(
            held: max(2 << 20, whole.held / count), batch: max(512 << 10, whole.batch / count),
            loaded: max(512 << 10, whole.loaded / count), unsent: max(2 << 20, whole.unsent / count))
    }
}
