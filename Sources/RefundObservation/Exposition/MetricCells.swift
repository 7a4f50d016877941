internal import CoreMetrics
internal import Synchronization

/// One time series: the values behind a handle that was made.
protocol MetricCell: AnyObject, Sendable {
    /// Its lines, each with the family's name before it and the labels in it.
    func write(_ name: String, _ labels: MetricLabels, to page: inout ExpositionPage)
}

/// A whole number that grows.
final class IntegerCounterCell: MetricCell, CounterHandler {
    private let value = Atomic<Int64>(0)

    /// What would make it fall is left out.
    func increment(by amount: Int64) {
        guard amount > 0 else { return }
        value.wrappingAdd(amount, ordering: .relaxed)
    }

    func reset() {
        value.store(0, ordering: .relaxed)
    }

    func write(_ name: String, _ labels: MetricLabels, to page: inout ExpositionPage) {
        page.sample(name, labels, Double(value.load(ordering: .relaxed)))
    }
}

/// A number that grows by fractions.
final class FractionCounterCell: MetricCell, FloatingPointCounterHandler {
    private let value = AtomicNumber()

    func increment(by amount: Double) {
        guard amount > 0, amount.isFinite else { return }
        value.add(amount)
    }

    func reset() {
        value.set(0)
    }

    func write(_ name: String, _ labels: MetricLabels, to page: inout ExpositionPage) {
        page.sample(name, labels, value.now)
    }
}

/// A number that goes up and down.
final class GaugeCell: MetricCell, RecorderHandler, MeterHandler {
    private let value = AtomicNumber()

    func record(_ value: Int64) { self.value.set(Double(value)) }
    func record(_ value: Double) { self.value.set(value) }
    func set(_ value: Int64) { self.value.set(Double(value)) }
    func set(_ value: Double) { self.value.set(value) }
    func increment(by amount: Double) { value.add(amount) }
    func decrement(by amount: Double) { value.add(-amount) }

    func write(_ name: String, _ labels: MetricLabels, to page: inout ExpositionPage) {
        page.sample(name, labels, value.now)
    }
}

/// A floating-point number that several threads add to.
final class AtomicNumber: Sendable {
    private let bits = Atomic<UInt64>(Double.zero.bitPattern)

    var now: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }

    func set(_ number: Double) {
        bits.store(number.bitPattern, ordering: .relaxed)
    }

    func add(_ amount: Double) {
        var before = bits.load(ordering: .relaxed)
        while true {
            let after = (Double(bitPattern: before) + amount).bitPattern
            let (isDone, found) = bits.weakCompareExchange(expected: before, desired: after, ordering: .relaxed)
            if isDone { return }
            before = found
        }
    }
}
