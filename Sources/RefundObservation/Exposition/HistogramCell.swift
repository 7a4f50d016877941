internal import CoreMetrics
internal import Synchronization

/// How many values fell into each bucket, and their sum.
final class HistogramCell: MetricCell, RecorderHandler, TimerHandler {
    /// The most limits that a histogram may have.
    static let mostLimits = 23

    private let limits: [Double]
    /// One for each limit, and one for what is above them all; the rest is never used.
    private let counts = InlineArray<24, Atomic<Int64>> { _ in Atomic(0) }
    private let sum = AtomicNumber()

    /// - Parameter limits: the buckets' upper limits, ascending, at most `mostLimits`; the rest is left out.
    init(limits: [Double]) {
        self.limits = Array(limits.prefix(HistogramCell.mostLimits))
    }

    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        guard value.isFinite else { return }
        counts[bucket(of: value)].wrappingAdd(1, ordering: .relaxed)
        sum.add(value)
    }

    func recordNanoseconds(_ duration: Int64) {
        record(Double(duration) / 1_000_000_000)
    }

    /// The first whose limit is not below the value.
    private func bucket(of value: Double) -> Int {
        var (low, high) = (0, limits.count)
        while low < high {
            let middle = (low + high) / 2
            if limits[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }

    func write(_ name: String, _ labels: MetricLabels, to page: inout ExpositionPage) {
        var total: Int64 = 0
        for (index, limit) in limits.enumerated() {
            total += counts[index].load(ordering: .relaxed)
            page.sample(name + "_bucket", labels.with("le", ExpositionPage.text(of: limit)), Double(total))
        }
        // The count is what the buckets hold, whatever is being recorded meanwhile.
        total += counts[limits.count].load(ordering: .relaxed)
        page.sample(name + "_bucket", labels.with("le", "+Inf"), Double(total))
        page.sample(name + "_sum", labels, sum.now)
        page.sample(name + "_count", labels, Double(total))
    }
}
