internal import AMQPClient
internal import RefundPolicy
internal import RefundWorker

/// What a lane's thread tells about itself to whoever watches.
extension LaneThread {
    var observation: LaneObservation { control.observation }

    func show(_ change: (inout LaneStatus) -> Void) {
        observation.board.update(at: control.clock(), change)
    }

    func noteOpened(_ role: LaneConnection.Role) {
        observation.metrics.connection(role, .opened)
        show { $0.note(.open, of: role) }
    }

    func noteLost(_ role: LaneConnection.Role, _ event: WorkerMetrics.ConnectionEvent, _ error: AMQPError) {
        observation.metrics.connection(role, event)
        // The alarm is a connection's: the next one hears of it anew.
        if role == .publisher { noteAlarm(nil) }
        show { $0.note(.lost(problem: "\(error)", isMissing: error.code == .notFound), of: role) }
    }

    func noteCancelled(_ source: SourceQueue?) {
        observation.metrics.connection(.consumer, .lost)
        let queue = settings.names.prefix + (source?.rawValue ?? "refund.requests")
        show {
            $0.note(
                .lost(problem: "the broker has cancelled the consumer of \(queue).", isMissing: true), of: .consumer)
        }
    }

    var hasStoreTrouble: Bool { observation.board.status.storeProblem != nil }

    func noteStore(_ error: StoreError?) {
        show { $0.storeProblem = error.map { "\($0)" } }
    }
}

extension LaneStatus {
    fileprivate mutating func note(_ link: Link, of role: LaneConnection.Role) {
        switch role {
        case .consumer: consumer = link
        case .publisher: publisher = link
        }
    }
}
