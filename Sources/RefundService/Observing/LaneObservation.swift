/// Where a lane counts what it does, and says what it is at.
struct LaneObservation: Sendable {
    let metrics: WorkerMetrics
    let board: LaneBoard
    let tracing: BatchTracing
}
