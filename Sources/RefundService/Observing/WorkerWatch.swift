internal import CoreMetrics
public import RefundPolicy

/// What a running worker tells about itself: who it is, what its lanes are at, and whether they turn.
public struct WorkerWatch: Sendable {
    public let name: String
    public let startedAt: Instant
    private let boards: [LaneBoard]
    private let pulses: [LanePulse]
    private let brakes: BrakeBoard
    private let clock: WorkerClock

    init(
        name: String, startedAt: Instant, boards: [LaneBoard], pulses: [LanePulse], brakes: BrakeBoard,
        clock: WorkerClock
    ) {
        self.name = name
        self.startedAt = startedAt
        self.boards = boards
        self.pulses = pulses
        self.brakes = brakes
        self.clock = clock
    }

    /// The fleet's brake; `nil` before the store was looked at.
    public var brake: SeenBrake? { brakes.seen }

    public var lanes: [LaneStatus] { boards.map(\.status) }

    /// Why the worker is not ready, in plain words; empty when all its lanes work.
    public var unreadiness: [String] {
        told(\.reasons)
    }

    /// What stands although the worker is ready, in plain words: one queue that takes nothing stops nothing else.
    public var notes: [String] {
        clockNotes + told(\.notes)
    }

    /// What there is to know of the machine's clock; empty while all is well.
    public var clockNotes: [String] { clock.notes }

    private func told(_ texts: KeyPath<LaneStatus, [String]>) -> [String] {
        let lanes = lanes
        return lanes.flatMap { lane in
            lane[keyPath: texts].map { lanes.count > 1 ? "\(lane.name): \($0)" : $0 }
        }
    }

    /// The lanes whose threads have not turned for that long. One that has not begun is not among them: it opens its
    /// store.
    public func lanesStanding(for limit: Duration) -> [String] {
        zip(boards, pulses).compactMap { board, pulse in
            let status = board.status
            guard status.state != .stopped, let age = pulse.age, age >= limit else { return nil }
            return status.name
        }
    }
}
