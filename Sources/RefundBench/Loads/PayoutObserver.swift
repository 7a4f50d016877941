import AMQPClient
import Foundation
internal import Histogram
import RefundService
internal import Synchronization

/// Reads the payout queue and keeps how long after its intended time each request's command came.
struct PayoutObserver: Sendable {
    let settings: BrokerSettings
    let names: BrokerNames
    let requests: BenchRequests
    let schedule: SteadySchedule

    /// What others may see while it runs.
    final class Gauge: Sendable {
        private let count = Atomic(0)
        private let ready = Atomic(false)

        /// How many commands have come.
        var seen: Int { count.load(ordering: .relaxed) }
        var isReady: Bool { ready.load(ordering: .relaxed) }
        fileprivate func begin() { ready.store(true, ordering: .relaxed) }
        fileprivate func add(_ more: Int) { count.add(more, ordering: .relaxed) }
    }

    /// Observes until every command has come or it is told to stop.
    func run(gauge: Gauge, isStopping: () -> Bool) throws -> LatencyRun {
        let connection = try BenchBroker.connect(settings)
        defer { connection.close() }
        _ = try connection.consume(queue: names.payouts, prefetch: 2_000)
        gauge.begin()
        // An hour at most, to a thousandth.
        var histogram = Histogram<UInt64>(highestTrackableValue: 3_600_000_000, numberOfSignificantValueDigits: .three)
        var most: UInt64 = 0
        while gauge.seen < schedule.count, !isStopping() {
            var last: DeliveryTag?
            while let event = try connection.receive(waitingAtMost: last == nil ? .milliseconds(50) : .zero) {
                guard case .delivery(let delivery) = event else { continue }
                let now = ContinuousClock.now
                last = delivery.tag
                guard let id = delivery.properties.correlationID, let number = requests.number(ofRequest: id) else {
                    continue
                }
                let late = UInt64(max(0, (now - schedule.intended(number)).inSeconds * 1_000_000))
                histogram.record(late)
                most = max(most, late)
                gauge.add(1)
            }
            if let last { try connection.acknowledge(last, multiple: true) }
        }
        func milliseconds(_ percentile: Double) -> Double {
            Double(histogram.valueAtPercentile(percentile)) / 1_000
        }
        return LatencyRun(
            count: gauge.seen, p50: milliseconds(50), p90: milliseconds(90), p99: milliseconds(99),
            p999: milliseconds(99.9), max: Double(most) / 1_000)
    }
}
