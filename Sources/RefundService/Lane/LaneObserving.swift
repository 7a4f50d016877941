internal import AMQPClient
internal import Logging
internal import RefundMessages
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
        if role == .publisher { observation.metrics.opened(certificatesEndAt: publisher.connection?.certificatesEndAt) }
        show { $0.note(.open, of: role) }
    }

    func noteLost(_ role: LaneConnection.Role, _ event: WorkerMetrics.ConnectionEvent, _ error: AMQPError) {
        observation.metrics.connection(role, event)
        // The alarm is a connection's: the next one hears of it anew.
        if role == .publisher { noteAlarm(nil) }
        show { $0.note(.lost(problem: "\(error)", isMissing: error.code == .notFound), of: role) }
    }

    func noteCancelled(_ source: SourceQueue) {
        let role = LaneConnection.Role(source)
        observation.metrics.connection(role, .lost)
        let problem = "the broker has cancelled the consumer of \(name(of: source))."
        show { $0.note(.lost(problem: problem, isMissing: true), of: role) }
    }

    var hasStoreTrouble: Bool { observation.board.status.storeProblem != nil }

    /// What was taken from a queue is with the broker again, on purpose.
    func noteGivenBack(_ source: SourceQueue) {
        let role = LaneConnection.Role(source)
        observation.metrics.connection(role, .lost)
        let problem = "nothing can be finished for now, so the broker keeps what is in \(name(of: source))."
        show { $0.note(.lost(problem: problem, isMissing: false), of: role) }
    }

    /// Which kinds of messages don't get out, and no others.
    func note(_ troubles: [OutletTrouble]) {
        let before = observation.board.status.barred
        for trouble in troubles where !before.contains(trouble) {
            log.error(
                "messages of one kind don't get out; the store keeps them, and all others go on",
                metadata: [
                    "type": "\(trouble.type.shownName)", "reason": "\(trouble.reason)",
                    "tries": "\(trouble.tries)", "next": "\(trouble.pause.policyText)",
                ])
        }
        for trouble in before where !troubles.contains(where: { $0.type == trouble.type }) {
            log.info("messages of a kind get out again", metadata: ["type": "\(trouble.type.shownName)"])
        }
        observation.metrics.barred(troubles.map(\.type), before: before.map(\.type))
        show { $0.barred = troubles }
    }

    func noteStore(_ error: StoreError?) {
        standstill.note(storeFails: error != nil, at: uptime)
        show { $0.storeProblem = error.map { "\($0)" } }
    }
}

extension LaneStatus {
    fileprivate mutating func note(_ link: Link, of role: LaneConnection.Role) {
        switch role {
        case .requests: requests = link
        case .replies: replies = link
        case .publisher: publisher = link
        }
    }
}
