public import RefundCase
public import RefundPolicy
internal import RefundWorker
internal import Synchronization

/// The fleet's brake as the store had it a moment ago, for whoever asks a worker.
public struct SeenBrake: Hashable, Sendable {
    public struct Pause: Hashable, Sendable {
        public let id: ActionID
        public let since: Instant
        public let by: Signature
        public let note: String
    }

    /// `nil` while payouts go on.
    public let pause: Pause?
    /// Payouts that it holds, counted up to `StoreBacklog.countedMessages`.
    public let withheld: Int
    public let at: Instant

    init(_ brake: PayoutBrake, withheld: Int, at now: Instant) {
        pause = brake.pause.map { Pause(id: $0.actionID, since: $0.at, by: $0.by, note: $0.note) }
        self.withheld = withheld
        at = now
    }
}

/// Where what looks at the store leaves the brake for what answers.
final class BrakeBoard: Sendable {
    private let state = Mutex<SeenBrake?>(nil)

    /// `nil` before the first look.
    var seen: SeenBrake? { state.withLock { $0 } }

    func show(_ seen: SeenBrake) {
        state.withLock { $0 = seen }
    }
}
