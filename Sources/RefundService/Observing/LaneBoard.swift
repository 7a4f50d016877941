internal import CoreMetrics
internal import RefundPolicy
internal import Synchronization

/// Where a lane says what it is at, and others read it.
///
/// Written when something changes, never for a message.
final class LaneBoard: Sendable {
    private let current: Mutex<LaneStatus>
    private let gauges: [LaneStatus.State: Gauge]

    init(name: String, factory: any MetricsFactory, at now: Instant) {
        current = Mutex(LaneStatus(name: name, since: now))
        gauges = Dictionary(
            uniqueKeysWithValues: LaneStatus.State.allCases.map { state in
                let labels = [("lane", name), ("state", state.rawValue)]
                return (state, Gauge(label: MetricCatalogue.laneState.name, dimensions: labels, factory: factory))
            })
        show(.starting)
    }

    var status: LaneStatus { current.withLock { $0 } }

    func update(at now: Instant, _ change: (inout LaneStatus) -> Void) {
        let state = current.withLock { status in
            let before = status.state
            change(&status)
            if status.state != before { status.since = now }
            return status.state
        }
        show(state)
    }

    private func show(_ state: LaneStatus.State) {
        for (other, gauge) in gauges { gauge.record(other == state ? 1 : 0) }
    }
}
