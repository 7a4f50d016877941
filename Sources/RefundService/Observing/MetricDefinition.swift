/// What a metric is called, what it counts, and by which labels.
public struct MetricDefinition: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        case counter
        case gauge
        /// With the upper limits of its buckets, ascending, in the metric's unit.
        case histogram([Double])
    }

    /// As Prometheus has it.
    public let name: String
    public let kind: Kind
    public let labels: [String]
    /// One sentence, with the unit.
    public let help: String

    init(_ name: String, _ kind: Kind, labels: [String] = [], _ help: String) {
        self.name = name
        self.kind = kind
        self.labels = labels
        self.help = help
    }
}

extension MetricDefinition.Kind {
    /// From a tenth of a millisecond to ten seconds: what a lane's stages take.
    static let stages = MetricDefinition.Kind.histogram([
        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ])
    /// From five milliseconds to three days: what a customer waits for.
    static let answers = MetricDefinition.Kind.histogram([
        0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 3_600, 21_600, 86_400, 172_800,
        259_200,
    ])
    /// Messages of one transaction, up to the most that `worker.batch` allows.
    static let batches = MetricDefinition.Kind.histogram([
        1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 2_048,
    ])

    /// As Prometheus names it.
    public var name: String {
        switch self {
        case .counter: "counter"
        case .gauge: "gauge"
        case .histogram: "histogram"
        }
    }
}
