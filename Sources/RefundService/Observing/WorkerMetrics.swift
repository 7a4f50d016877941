internal import CoreMetrics
internal import RefundCase
internal import RefundMessages
internal import RefundPolicy
internal import RefundWorker

/// The handles of what a worker's lanes count and time, made once and shared by all of them.
///
/// Recording takes an atomic addition or two for each message, no lock and no memory.
final class WorkerMetrics: Sendable {
    private let consumed: CounterTable<SourceQueue>
    private let redelivered: CounterTable<SourceQueue>
    private let sent: CounterTable<Exchange>
    private let processDuration: [SourceQueue: Timer]
    private let operationDuration: Timer
    private let decisions: CounterTable<Outcome>
    private let reasons: CounterTable<ReasonCode>
    private let answersSinceSubmission: Timer
    private let answersSinceReceipt: Timer
    private let deadlines: CounterTable<BatchTally.DeadlineStep>
    private let attention: Counter
    private let deadLetters: CounterTable<DeadLetterLabels>
    private let parked: CounterTable<String>
    private let publications: CounterTable<PublicationLabels>
    private let connections: CounterTable<ConnectionLabels>
    private let blocked: FloatingPointCounter
    private let certificatesEnd: Gauge
    private let barredLanes: [OutboundType?: Meter]
    private let batches: Recorder
    private let waits: Timer
    private let commits: Timer
    private let storeFailures: CounterTable<StoreError.Kind>

    /// Where messages are published to.
    enum Exchange: Hashable, CaseIterable {
        case commands, events, dead

        init(_ publication: Publication) {
            switch publication {
            case .message(let message): self = message.encoded.type.isCommand ? .commands : .events
            case .deadLetter, .parkedDeadLetter: self = .dead
            }
        }
    }

    enum ConnectionEvent: String, Hashable, CaseIterable {
        case opened, failed, lost
    }

    private struct DeadLetterLabels: Hashable {
        let code: String
        let source: SourceQueue
    }

    private struct PublicationLabels: Hashable {
        let type: OutboundType?
        let result: Settlement.Ending
    }

    private struct ConnectionLabels: Hashable {
        let role: LaneConnection.Role
        let event: ConnectionEvent
    }

    init(factory: any MetricsFactory, names: BrokerNames) {
        func queue(_ source: SourceQueue) -> String { names.prefix + source.rawValue }
        func messaging(_ destination: String, _ operation: String) -> [(String, String)] {
            [
                ("messaging_destination_name", destination), ("messaging_operation_name", operation),
                ("messaging_system", "rabbitmq"),
            ]
        }
        func timer(_ definition: MetricDefinition, _ dimensions: [(String, String)] = []) -> Timer {
            Timer(label: definition.name, dimensions: dimensions, factory: factory)
        }
        consumed = CounterTable(MetricCatalogue.consumed, SourceQueue.allCases, factory: factory) {
            messaging(queue($0), "receive")
        }
        redelivered = CounterTable(MetricCatalogue.redelivered, SourceQueue.allCases, factory: factory) {
            [("queue", queue($0))]
        }
        sent = CounterTable(MetricCatalogue.sent, Exchange.allCases, factory: factory) {
            let exchange =
                switch $0 {
                case .commands: names.commands
                case .events: names.events
                case .dead: names.dead
                }
            return messaging(exchange, "publish")
        }
        processDuration = Dictionary(
            uniqueKeysWithValues: SourceQueue.allCases.map {
                ($0, timer(MetricCatalogue.processDuration, messaging(queue($0), "process")))
            })
        operationDuration = timer(
            MetricCatalogue.operationDuration,
            [("messaging_operation_name", "publish"), ("messaging_system", "rabbitmq")])
        decisions = CounterTable(MetricCatalogue.decisions, Outcome.allCases, factory: factory) {
            [("outcome", $0.rawValue)]
        }
        reasons = CounterTable(MetricCatalogue.reasons, ReasonCode.allCases, factory: factory) { [("code", $0.name)] }
        answersSinceSubmission = timer(MetricCatalogue.answers, [("since", "submitted")])
        answersSinceReceipt = timer(MetricCatalogue.answers, [("since", "received")])
        deadlines = CounterTable(MetricCatalogue.deadlines, BatchTally.DeadlineStep.all, factory: factory) {
            [("deadline", $0.kind.rawValue), ("event", $0.isMissed ? "missed" : "at_risk")]
        }
        attention = Counter(label: MetricCatalogue.attention.name, factory: factory)
        let deadLetterLabels = DeadLetterReason.codes.flatMap { code in
            SourceQueue.allCases.map { DeadLetterLabels(code: code, source: $0) }
        }
        deadLetters = CounterTable(MetricCatalogue.deadLetters, deadLetterLabels, factory: factory) {
            [("code", $0.code), ("queue", queue($0.source))]
        }
        parked = CounterTable(MetricCatalogue.parked, DeadLetterReason.codes, factory: factory) { [("code", $0)] }
        let types: [OutboundType?] = OutboundType.allCases + [nil]
        let publicationLabels = types.flatMap { type in
            Settlement.Ending.allCases.map { PublicationLabels(type: type, result: $0) }
        }
        publications = CounterTable(MetricCatalogue.publications, publicationLabels, factory: factory) {
            [("type", $0.type?.rawValue ?? "dead_letter"), ("result", $0.result.rawValue)]
        }
        let connectionLabels = LaneConnection.Role.allCases.flatMap { role in
            ConnectionEvent.allCases.map { ConnectionLabels(role: role, event: $0) }
        }
        connections = CounterTable(MetricCatalogue.connections, connectionLabels, factory: factory) {
            [("role", $0.role.rawValue), ("event", $0.event.rawValue)]
        }
        certificatesEnd = Gauge(
            label: MetricCatalogue.certificatesEnd.name, dimensions: [("peer", "broker")], factory: factory)
        certificatesEnd.record(0)
        blocked = FloatingPointCounter(label: MetricCatalogue.blocked.name, factory: factory)
        barredLanes = Dictionary(
            uniqueKeysWithValues: types.map { type in
                let labels = [("type", type?.rawValue ?? "dead_letter")]
                let meter = Meter(label: MetricCatalogue.barred.name, dimensions: labels, factory: factory)
                meter.set(0)
                return (type, meter)
            })
        batches = Recorder(label: MetricCatalogue.batches.name, factory: factory)
        waits = timer(MetricCatalogue.waits)
        commits = timer(MetricCatalogue.commits)
        storeFailures = CounterTable(MetricCatalogue.storeFailures, StoreError.Kind.allCases, factory: factory) {
            [("kind", $0.rawValue)]
        }
    }
}

// MARK: Recording

extension WorkerMetrics {
    func delivered(from source: SourceQueue, isRedelivered: Bool) {
        consumed.increment(source)
        if isRedelivered { redelivered.increment(source) }
    }

    func published(_ publications: [Publication]) {
        var counts: [Exchange: Int] = [:]
        for publication in publications { counts[Exchange(publication), default: 0] += 1 }
        for (exchange, count) in counts { sent.increment(exchange, by: count) }
    }

    func settled(_ settlements: [Settlement], at now: Instant) {
        for settlement in settlements {
            publications.increment(PublicationLabels(type: settlement.type, result: settlement.result))
            guard settlement.result == .confirmed else { continue }
            operationDuration.record(settlement.took)
            if let submittedAt = settlement.submittedAt { answersSinceSubmission.record(now - submittedAt) }
            if let receivedAt = settlement.receivedAt { answersSinceReceipt.record(now - receivedAt) }
        }
    }

    /// A batch is on disk.
    func committed(_ order: StoreOrder, _ report: StoreReport, from began: Instant, took: Duration) {
        if !order.deliveries.isEmpty {
            batches.record(order.deliveries.count)
            commits.record(took)
        }
        for index in order.deliveries.indices {
            guard let receivedAt = order.deliveries[index].receivedAt else { continue }
            waits.record(began - receivedAt)
            processDuration[order.deliveries[index].source]?.record(began - receivedAt + took)
        }
        for decision in report.tally.decisions {
            decisions.increment(decision.outcome)
            for code in decision.reasons { reasons.increment(code) }
        }
        for step in report.tally.deadlines { deadlines.increment(step) }
        if report.tally.callsForAttention > 0 { attention.increment(by: report.tally.callsForAttention) }
        for disposition in report.dispositions {
            switch disposition {
            case .publish, .later: break
            case .parked(_, let reason): parked.increment(reason.code)
            case .deadLetter(let letter): died(letter)
            }
        }
        for letter in report.deadLetters { died(letter.deadLetter) }
    }

    private func died(_ letter: DeadLetter) {
        deadLetters.increment(DeadLetterLabels(code: letter.code, source: letter.source))
    }

    func storeFailed(_ error: StoreError) {
        storeFailures.increment(error.kind)
    }

    func connection(_ role: LaneConnection.Role, _ event: ConnectionEvent) {
        connections.increment(ConnectionLabels(role: role, event: event))
    }

    /// When the first certificate of a new connection to the broker ends; `nil` without TLS.
    func opened(certificatesEndAt: Instant?) {
        certificatesEnd.record(certificatesEndAt?.unixSeconds ?? 0)
    }

    /// A lane's kinds that don't get out have changed.
    func barred(_ types: [OutboundType?], before: [OutboundType?]) {
        for type in types where !before.contains(type) { barredLanes[type]?.increment() }
        for type in before where !types.contains(type) { barredLanes[type]?.decrement() }
    }

    func wasBlocked(for duration: Duration) {
        blocked.increment(by: duration / .seconds(1))
    }
}
