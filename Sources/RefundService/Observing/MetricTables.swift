internal import CoreMetrics

/// A counter for each value of a label, made once.
struct CounterTable<Key: Hashable & Sendable>: Sendable {
    private let counters: [Key: Counter]

    /// - Parameters:
    ///   - keys: all values that there will be; each has its counter from the start, so that its first increase is seen.
    ///   - dimensions: the labels of a key.
    init(
        _ definition: MetricDefinition, _ keys: some Sequence<Key>, factory: any MetricsFactory,
        _ dimensions: (Key) -> [(String, String)]
    ) {
        counters = Dictionary(
            keys.map { ($0, Counter(label: definition.name, dimensions: dimensions($0), factory: factory)) },
            uniquingKeysWith: { first, _ in first })
    }

    func increment(_ key: Key, by amount: Int = 1) {
        counters[key]?.increment(by: amount)
    }
}

extension Timer {
    /// Records a duration, or zero for one that a clock's step has made negative.
    func record(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let nanoseconds = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !nanoseconds.overflow else { return }
        recordNanoseconds(max(0, nanoseconds.partialValue &+ attoseconds / 1_000_000_000))
    }
}
