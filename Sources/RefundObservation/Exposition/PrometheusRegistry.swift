public import CoreMetrics
public import RefundService
internal import Synchronization

/// Makes metrics for swift-metrics and writes them as Prometheus reads them.
///
/// Handles are made under a lock, once; recording takes none. A registry holds a bounded number of time series: what is
/// made beyond that goes nowhere, and is counted.
public final class PrometheusRegistry: MetricsFactory {
    /// How many time series one metric may have, and how many metrics there may be.
    public static let seriesLimit = 400
    public static let familyLimit = 200

    private let families = Mutex(Families())
    private let definitions: [String: MetricDefinition]

    private struct Families {
        var byName: [String: Family] = [:]
        /// How many series were asked for beyond the limits.
        var leftOut = 0
    }

    private struct Family {
        let kind: String
        let help: String
        var cells: [MetricLabels: any MetricCell] = [:]
    }

    /// - Parameter definitions: what is known of the metrics that will be made: their help and buckets.
    public init(_ definitions: [MetricDefinition] = MetricCatalogue.all) {
        self.definitions = Dictionary(definitions.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    // MARK: Writing

    /// Everything as one page, in the order of the names.
    public func exposition() -> String {
        let (families, leftOut) = families.withLock { ($0.byName, $0.leftOut) }
        var page = ExpositionPage()
        for (name, family) in families.sorted(by: { $0.key < $1.key }) {
            page.family(name, type: family.kind, help: family.help)
            for (labels, cell) in family.cells.sorted(by: { $0.key.text < $1.key.text }) {
                cell.write(name, labels, to: &page)
            }
        }
        let name = "refund_worker_metrics_left_out"
        page.family(
            name, type: "gauge", help: "Time series that were asked for and are over the limit of how many are kept.")
        page.sample(name, MetricLabels([]), Double(leftOut))
        return page.text
    }

    // MARK: Making

    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        cell(counterName(label), "counter", dimensions) { _ in IntegerCounterCell() } ?? NOOPMetricsHandler.instance
    }

    public func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        cell(counterName(label), "counter", dimensions) { _ in FractionCounterCell() } ?? NOOPMetricsHandler.instance
    }

    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        cell(MetricName.metric(label), "gauge", dimensions) { _ in GaugeCell() } ?? NOOPMetricsHandler.instance
    }

    public func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        let name = MetricName.metric(label)
        guard aggregate else {
            return cell(name, "gauge", dimensions) { _ in GaugeCell() } ?? NOOPMetricsHandler.instance
        }
        return cell(name, "histogram", dimensions) { HistogramCell(limits: $0) } ?? NOOPMetricsHandler.instance
    }

    /// Times are kept in seconds.
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        let name = MetricName.metric(label)
        return cell(name.hasSuffix("_seconds") ? name : name + "_seconds", "histogram", dimensions) {
            HistogramCell(limits: $0)
        } ?? NOOPMetricsHandler.instance
    }

    // What was counted stays: Prometheus would take a counter that goes away for a restart.
    public func destroyCounter(_ handler: any CounterHandler) {}
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    public func destroyMeter(_ handler: any MeterHandler) {}
    public func destroyRecorder(_ handler: any RecorderHandler) {}
    public func destroyTimer(_ handler: any TimerHandler) {}

    private func counterName(_ label: String) -> String {
        let name = MetricName.metric(label)
        return name.hasSuffix("_total") ? name : name + "_total"
    }

    /// The cell of these labels, made if there is none; `nil` when it would be too many, or when the name is taken by
    /// another kind of metric.
    private func cell<Cell: MetricCell>(
        _ name: String, _ kind: String, _ dimensions: [(String, String)], _ make: ([Double]) -> Cell
    ) -> Cell? {
        let labels = MetricLabels(dimensions)
        let definition = definitions[name]
        return families.withLock { families in
            if families.byName[name] == nil, families.byName.count < PrometheusRegistry.familyLimit {
                families.byName[name] = Family(kind: kind, help: definition?.help ?? "Not described.")
            }
            if let known = families.byName[name]?.cells[labels] as? Cell { return known }
            guard let family = families.byName[name], family.kind == kind, family.cells[labels] == nil,
                family.cells.count < PrometheusRegistry.seriesLimit
            else {
                families.leftOut += 1
                return nil
            }
            let cell = make(definition?.kind.limits ?? PrometheusRegistry.commonLimits)
            families.byName[name]?.cells[labels] = cell
            return cell
        }
    }

    /// For a histogram that nobody has described.
    private static let commonLimits = [0.001, 0.01, 0.1, 1, 10, 100]
}

extension MetricDefinition.Kind {
    fileprivate var limits: [Double]? {
        if case .histogram(let limits) = self { limits } else { nil }
    }
}
