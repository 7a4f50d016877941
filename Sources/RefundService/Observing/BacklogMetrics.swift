internal import CoreMetrics
internal import RefundCase
internal import RefundPolicy
internal import RefundWorker

/// The gauges of what a store holds.
struct BacklogMetrics: Sendable {
    private let openCases: [CaseStatus: Gauge]
    private let overdueCases: Gauge
    private let nextDeadline: Gauge
    private let unsent: Gauge
    private let oldestUnsent: Gauge
    private let parked: Gauge
    private let payoutsPaused: Gauge
    private let pausedSince: Gauge
    private let withheldPayouts: Gauge
    private let observedAt: Gauge
    private let logBytes: Gauge
    private let certificatesEnd: Gauge

    init(factory: any MetricsFactory) {
        func gauge(_ definition: MetricDefinition, _ labels: [(String, String)] = []) -> Gauge {
            Gauge(label: definition.name, dimensions: labels, factory: factory)
        }
        openCases = Dictionary(
            uniqueKeysWithValues: CaseStatus.allCases.filter(\.isOpen).map {
                ($0, gauge(MetricCatalogue.openCases, [("status", $0.rawValue)]))
            })
        overdueCases = gauge(MetricCatalogue.overdueCases)
        nextDeadline = gauge(MetricCatalogue.nextDeadline)
        unsent = gauge(MetricCatalogue.unsent)
        oldestUnsent = gauge(MetricCatalogue.oldestUnsent)
        parked = gauge(MetricCatalogue.parkedNow)
        payoutsPaused = gauge(MetricCatalogue.payoutsPaused)
        pausedSince = gauge(MetricCatalogue.pausedSince)
        withheldPayouts = gauge(MetricCatalogue.withheldPayouts)
        observedAt = gauge(MetricCatalogue.observedAt)
        logBytes = gauge(MetricCatalogue.logBytes)
        certificatesEnd = gauge(MetricCatalogue.certificatesEnd, [("peer", "store")])
        certificatesEnd.record(0)
    }

    func record(_ backlog: StoreBacklog, _ brake: PayoutBrake, logBytes size: Int64, at now: Instant) {
        logBytes.record(size)
        for (status, gauge) in openCases { gauge.record(backlog.openCases[status] ?? 0) }
        overdueCases.record(backlog.overdueCases)
        nextDeadline.record(backlog.nextDeadline?.unixSeconds ?? 0)
        unsent.record(backlog.unsentMessages)
        oldestUnsent.record(backlog.oldestUnsentAt.map { max(0, (now - $0) / .seconds(1)) } ?? 0)
        parked.record(backlog.parkedMessages)
        payoutsPaused.record(brake.pause == nil ? 0 : 1)
        pausedSince.record(brake.pause?.at.unixSeconds ?? 0)
        withheldPayouts.record(backlog.withheldPayouts)
        observedAt.record(now.unixSeconds)
    }
}

extension BacklogMetrics {
    /// When the first certificate of the store's connection ends; `nil` without TLS.
    func record(certificatesEndAt: Instant?) {
        certificatesEnd.record(certificatesEndAt?.unixSeconds ?? 0)
    }
}

extension Instant {
    /// Unix time, as Prometheus has it.
    var unixSeconds: Double { Double(microsecondsSinceEpoch) / 1_000_000 }
}
