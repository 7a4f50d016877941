import CoreMetrics
import RefundService
import Testing

@testable import RefundObservation

@Suite("Prometheus' text format")
struct ExpositionTests {
    /// What a page says of one metric.
    private func lines(_ registry: PrometheusRegistry, of name: String) -> [String] {
        registry.exposition().split(separator: "\n").map(String.init).filter { $0.contains(name) }
    }

    @Test("a counter has its suffix, its help and type, and its labels in order")
    func counter() {
        let registry = PrometheusRegistry([])
        let counter = Counter(
            label: "messaging.client.sent", dimensions: [("zone", "b"), ("exchange", "a")], factory: registry)
        counter.increment(by: 3)
        counter.increment()
        #expect(
            lines(registry, of: "messaging") == [
                "# HELP messaging_client_sent_total Not described.", "# TYPE messaging_client_sent_total counter",
                "messaging_client_sent_total{exchange=\"a\",zone=\"b\"} 4",
            ])
    }

    @Test("help and label values are escaped, and names are made such as Prometheus takes")
    func escapes() {
        let registry = PrometheusRegistry([])
        Gauge(label: "9 odd-näme", dimensions: [("la:bel", "a\\b\"c\nd")], factory: registry).record(1)
        #expect(lines(registry, of: "odd").last == "__odd_n_me{la_bel=\"a\\\\b\\\"c\\nd\"} 1")
        #expect(ExpositionPage.escaped("a\\b\"c\nd", quote: false) == "a\\\\b\"c\\nd")
    }

    @Test("a histogram's buckets add up, a value on a limit belongs to it, and the last bucket has them all")
    func histogram() {
        let registry = PrometheusRegistry(MetricCatalogue.all)
        let recorder = Recorder(label: "refund_worker_batch_messages", factory: registry)
        for value in [1, 2, 3, 512, 5_000] { recorder.record(value) }
        let found = lines(registry, of: "refund_worker_batch_messages")
        #expect(found.contains("# TYPE refund_worker_batch_messages histogram"))
        #expect(found.contains("refund_worker_batch_messages_bucket{le=\"1\"} 1"))
        #expect(found.contains("refund_worker_batch_messages_bucket{le=\"2\"} 2"))
        #expect(found.contains("refund_worker_batch_messages_bucket{le=\"4\"} 3"))
        #expect(found.contains("refund_worker_batch_messages_bucket{le=\"512\"} 4"))
        #expect(found.contains("refund_worker_batch_messages_bucket{le=\"2048\"} 4"))
        #expect(found.contains("refund_worker_batch_messages_bucket{le=\"+Inf\"} 5"))
        #expect(found.contains("refund_worker_batch_messages_sum 5518"))
        #expect(found.contains("refund_worker_batch_messages_count 5"))
    }

    @Test("times are told in seconds, under a name that says so")
    func timer() {
        let registry = PrometheusRegistry([])
        Timer(label: "messaging.process.duration", factory: registry).recordMilliseconds(1_500)
        let found = lines(registry, of: "messaging_process_duration_seconds")
        #expect(found.contains("messaging_process_duration_seconds_sum 1.5"))
        #expect(found.contains("messaging_process_duration_seconds_bucket{le=\"1\"} 0"))
        #expect(found.contains("messaging_process_duration_seconds_bucket{le=\"10\"} 1"))
    }

    @Test("the same labels are the same series, whoever makes the handle")
    func sameSeries() {
        let registry = PrometheusRegistry([])
        for _ in 0..<2 { Counter(label: "a", dimensions: [("x", "1")], factory: registry).increment() }
        #expect(lines(registry, of: "a_total").last == "a_total{x=\"1\"} 2")
    }

    @Test("series over the limit go nowhere, and are counted")
    func limits() {
        let registry = PrometheusRegistry([])
        for number in 0..<(PrometheusRegistry.seriesLimit + 5) {
            Counter(label: "a", dimensions: [("x", "\(number)")], factory: registry).increment()
        }
        // Another kind under a known name is no series of it either.
        Gauge(label: "a_total", factory: registry).record(7)
        #expect(lines(registry, of: "a_total{").count == PrometheusRegistry.seriesLimit)
        #expect(lines(registry, of: "left_out").last == "refund_worker_metrics_left_out 6")
    }

    @Test(
        "numbers are written as Prometheus reads them",
        arguments: [
            (0, "0"), (1, "1"), (-2, "-2"), (0.25, "0.25"), (1e300, "1e+300"), (.infinity, "+Inf"),
            (-.infinity, "-Inf"),
            (.nan, "NaN"),
        ] as [(Double, String)])
    func numbers(value: Double, text: String) {
        #expect(ExpositionPage.text(of: value) == text)
    }

    @Test("a counter never falls, whatever it is told")
    func neverFalls() {
        let registry = PrometheusRegistry([])
        let whole = Counter(label: "whole", factory: registry)
        whole.increment(by: 2)
        whole.increment(by: -1)
        let fraction = FloatingPointCounter(label: "fraction", factory: registry)
        fraction.increment(by: 0.5)
        fraction.increment(by: -Double.infinity)
        #expect(lines(registry, of: "whole_total").last == "whole_total 2")
        #expect(lines(registry, of: "fraction_total").last == "fraction_total 0.5")
    }
}
