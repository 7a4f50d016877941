internal import CoreMetrics
internal import RefundPolicy

/// Records what holds for the process as long as it lives.
func recordProcess(startedAt: Instant, factory: any MetricsFactory) {
    let build = [("version", BuildInformation.current.version), ("commit", BuildInformation.current.commit ?? "")]
    Gauge(label: MetricCatalogue.build.name, dimensions: build, factory: factory).record(1)
    Gauge(label: MetricCatalogue.startedAt.name, factory: factory).record(startedAt.unixSeconds)
}
